// SPDX-License-Identifier: Apache-2.0
package import Credentials
import Documents
import Providers
import SafeFiles
package import Settings

/// What a reference leads to, as far as reading goes: variables and private files. Programs are asked elsewhere.
package struct ReferenceSource: Sendable {
    package enum Finding: Hashable, Sendable {
        case found(Secret)
        /// A program has to be asked, which only the gateway does.
        case leftToGateway
        /// The look failed, or what is there is of no use. A sentence; nothing of what was found is in it.
        case failed(String)
        /// Somebody has taken away the variable, the file, the place in it or the provider. A sentence.
        case gone(String)
    }

    private let providers: [String: SecretProvider]
    private let environment: EnvironmentLayers
    private let layout: StateLayout
    static let limitInBytes = 64 << 10

    /// - Parameter environment: every layer.
    package init(_ settings: InstanceSettings, environment: EnvironmentLayers, layout: StateLayout) {
        providers = settings.secrets
        self.environment = environment
        self.layout = layout
    }

    /// Whether the configuration has what the reference names. Variables, and files named by their path, need nothing.
    package static func isKnown(_ reference: SecretReference, in providers: [String: SecretProvider]) -> Bool {
        if let provider = providers[reference.provider], provider.source == reference.source { return true }
        guard reference.provider == SecretReference.defaultProvider else { return false }
        return reference.source == .env || (reference.source == .file && reference.id.hasPrefix("/"))
    }

    package func find(_ reference: SecretReference) -> Finding {
        guard Self.isKnown(reference, in: providers) else {
            return .gone(
                "secrets.providers.\(reference.provider) is not there, or is no \(reference.source.rawValue) provider.")
        }
        switch reference.source {
        case .env:
            guard let variable = environment.credential(reference.id) else {
                return .gone("The variable \(reference.id) is not set.")
            }
            return Self.checked(variable.value)
        case .file: return read(reference)
        case .exec: return .leftToGateway
        }
    }

    /// The reference that its file wants in this one's place; nil when this one is as it should be. What it wants a place
    /// for is left to the person.
    package func rewritten(_ reference: SecretReference) -> String? {
        guard reference.source == .file, case .file(let file) = providers[reference.provider] else { return nil }
        switch (file.mode, reference.id == SecretReference.wholeFile) {
        case (.json, true): return "file:\(reference.provider):/NAME"
        case (.text, false): return "file:\(reference.provider)"
        default: return nil
        }
    }

    /// What its provider is, as configured; nil for what needs none.
    func provider(of reference: SecretReference) -> SecretProvider? { providers[reference.provider] }

    /// The file to look at, whose change is worth another look at the reference.
    package func path(of reference: SecretReference) -> String? {
        switch (reference.source, providers[reference.provider]) {
        case (.file, .file(let file)): layout.absolutePath(file.path)
        case (.file, _): reference.id
        case (.exec, .exec(let program)): program.command
        default: nil
        }
    }

    static func checked(_ secret: Secret) -> Finding {
        if secret.isBlank { return .failed("There is nothing in it.") }
        guard secret.fieldFlaw() == nil else {
            return .failed("What is there is no credential: 8 to 4096 visible characters without a blank.")
        }
        return .found(secret)
    }

    private func read(_ reference: SecretReference) -> Finding {
        guard let path = path(of: reference) else { return .failed("Its path is not absolute.") }
        let bytes: [UInt8]
        do throws(StoreError) {
            // A file that another one replaces is never missing in between: this one was removed.
            guard let found = try PrivateFile.read(path, limitInBytes: Self.limitInBytes) else {
                return .gone("\(path) is not there.")
            }
            bytes = found
        } catch { return .failed("\(error.advice.what) \(error.advice.why)") }
        guard case .file(let file) = providers[reference.provider] else { return Self.text(bytes) }
        switch (file.mode, reference.id) {
        case (.text, SecretReference.wholeFile): return Self.text(bytes)
        case (.text, _):
            return .failed(
                "\(path) is read as one text, and \(reference.id) is a place in a JSON file: write file:\(reference.provider)."
            )
        case (.json, SecretReference.wholeFile):
            return .failed(
                "\(path) is a JSON file, and \(reference) names no place in it: write \(reference):/NAME, or "
                    + "\(reference):/OUTER/INNER.")
        case (.json, let pointer): return Self.value(of: bytes, at: pointer, path)
        }
    }

    /// One line break at the end is the editor's.
    private static func text(_ bytes: [UInt8]) -> Finding {
        var bytes = bytes[...]
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        return checked(Secret(String(decoding: bytes, as: UTF8.self)))
    }

    /// - Parameter pointer: RFC 6901.
    private static func value(of bytes: [UInt8], at pointer: String, _ path: String) -> Finding {
        let root: Element
        // Where it is broken may be next to a secret: the place is enough.
        do throws(DocumentError) { root = try Document(bytes, as: .json, maximumDepth: 32).root } catch {
            return .failed("\(path) cannot be read as JSON: line \(error.line), column \(error.column).")
        }
        var element = root
        for part in pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            let key = String(part).replacing("~1", with: "/").replacing("~0", with: "~")
            guard let next = element.child(key) else { return .gone("\(path) has nothing at \(pointer).") }
            element = next
        }
        return element.string.map { checked(Secret($0)) } ?? .failed("\(path) has no text at \(pointer).")
    }
}

extension Element {
    fileprivate func child(_ key: String) -> Element? {
        guard kind == .array else { return self[key] }
        guard let index = Int(key), String(index) == key, elements.indices.contains(index) else { return nil }
        return elements[index]
    }
}
