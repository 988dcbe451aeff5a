// SPDX-License-Identifier: Apache-2.0
import Credentials
import Documents
import SafeFiles

#if canImport(Glibc)
    import Glibc
#endif

/// Puts the files that a configuration includes into it (`$include`: a path or a list of them, in any object).
///
/// Relative to the including file; a later file wins over an earlier one, and keys beside `$include` win over both.
struct IncludeReader {
    static let maximumDepth = 10
    static let maximumFiles = 256
    static let limitInBytes = 16 << 20

    private let allowed: [String]
    private(set) var origins = SettingsOrigins()
    private(set) var files: [String: Fingerprint?] = [:]
    private(set) var notices: [StorageNotice] = []
    private(set) var read: [String: Document] = [:]
    private var count = 0
    private var sizeInBytes = 0

    /// - Parameters:
    ///   - path: of the configuration; its folder may be read from.
    ///   - roots: other folders that may be.
    init(configuration path: String, roots: [String]) {
        allowed = ([Self.folder(of: path)] + roots).compactMap { Self.realPath($0) }
    }

    /// Whether there is anything to include.
    static func isNeeded(_ document: Document) -> Bool {
        document.hasKey("$include")
    }

    /// - Returns: the configuration with what it includes.
    mutating func resolve(_ document: Document, at path: String) throws(SettingsFileError) -> Document {
        let merged = try value(document.root, in: Place(path: path, file: -1, chain: [path]))
        guard merged.isObject else { throw failure("The included files do not make an object.", chain: [path]) }
        var text = ""
        merged.write(to: &text, at: DocumentPath([PathStep]()), &origins)
        do throws(DocumentError) { return try Document(Array(text.utf8), as: .json5, maximumDepth: 64) } catch {
            throw failure("With the included files, it is nested deeper than 64 levels.", chain: [path])
        }
    }

    /// Where a value stands, and how we came there.
    private struct Place {
        var path: String
        var file: Int
        var chain: [String]
    }

    private mutating func value(_ element: Element, in place: Place) throws(SettingsFileError) -> MergedValue {
        switch element.kind {
        case .array:
            var elements: [MergedValue] = []
            for entry in element.elements { elements.append(try value(entry, in: place)) }
            return .list(elements, file: place.file)
        case .object: return try object(element, in: place)
        default: return .scalar(element.sourceText, file: place.file)
        }
    }

    private mutating func object(_ element: Element, in place: Place) throws(SettingsFileError) -> MergedValue {
        var own: [(key: String, value: MergedValue)] = []
        for (key, member) in element.members where key != "$include" {
            own.append((key, try value(member, in: place)))
        }
        guard let include = element["$include"] else { return .object(own, file: place.file) }
        var included: MergedValue?
        for name in try names(include, in: place) {
            let next = try file(named: name, in: place)
            included = included?.merged(with: next) ?? next
        }
        guard let included else { return .object(own, file: place.file) }
        if own.isEmpty { return included }
        guard included.isObject else {
            throw failure("What is included is no object, so no keys may stand beside $include.", chain: place.chain)
        }
        return included.merged(with: .object(own, file: place.file))
    }

    private func names(_ include: Element, in place: Place) throws(SettingsFileError) -> [String] {
        if let name = include.string { return [name] }
        let names = include.elements.compactMap(\.string)
        guard include.kind == .array, names.count == include.elements.count else {
            throw failure("$include is \(include.kind.words); allowed: a path or a list of paths.", chain: place.chain)
        }
        return names
    }

    // MARK: Files

    private mutating func file(named name: String, in place: Place) throws(SettingsFileError) -> MergedValue {
        var written = name.trimmed
        while written.hasPrefix("./") { written.removeFirst(2) }
        guard !written.isEmpty, !written.utf8.contains(0), written.utf8.count <= 4096 else {
            throw failure("$include names no file.", chain: place.chain)
        }
        let path = written.hasPrefix("/") ? written : "\(Self.folder(of: place.path))/\(written)"
        // Before it is read, and also when there is none: a file that appears is taken up.
        files[path] = Fingerprint(of: path)
        guard let real = Self.realPath(path) else {
            let why =
                errno == ENOENT ? "There is no such file." : "The system says: \(String(cString: strerror(errno)))."
            throw failure(why, chain: place.chain + [path])
        }
        let chain = place.chain + [real]
        guard allowed.contains(where: { real.hasPrefix($0 == "/" ? "/" : $0 + "/") }) else {
            throw failure(
                "It is outside of \(allowed.joined(separator: ", ")). AGENTICFLOW_INCLUDE_ROOTS can name more folders.",
                chain: chain)
        }
        guard !place.chain.contains(where: { $0 == real || Self.realPath($0) == real }) else {
            throw failure("It includes itself.", chain: chain)
        }
        guard chain.count <= Self.maximumDepth + 1 else {
            throw failure("Files are included deeper than \(Self.maximumDepth) levels.", chain: chain)
        }
        count += 1
        guard count <= Self.maximumFiles else {
            throw failure("More than \(Self.maximumFiles) files are included.", chain: chain)
        }
        let document = try document(real, chain: chain)
        return try value(document.root, in: Place(path: real, file: origins.add(file: real), chain: chain))
    }

    private mutating func document(_ path: String, chain: [String]) throws(SettingsFileError) -> Document {
        if let known = read[path] { return known }
        do throws(StoreError) {
            let name = String(path[path.index(after: path.lastIndex(of: "/") ?? path.startIndex)...])
            let folder = try SafeDirectory(existing: Self.folder(of: path), kind: .shared)
            guard let folder, let bytes = try folder.read(name, limitInBytes: Self.limitInBytes - sizeInBytes) else {
                throw .malformed(path: path, problem: "There is no such file.")
            }
            notices += folder.takeNotices()
            sizeInBytes += bytes.count
            let document: Document
            do throws(DocumentError) { document = try Document(bytes, as: .json5, maximumDepth: 64) } catch {
                throw .malformed(path: path, problem: error.description)
            }
            read[path] = document
            return document
        } catch { throw SettingsFileError(path: path, error, chain: chain) }
    }

    private func failure(_ problem: String, chain: [String]) -> SettingsFileError {
        let path = chain.last ?? ""
        return SettingsFileError(path: path, .malformed(path: path, problem: problem), chain: chain)
    }

    private static func folder(of path: String) -> String {
        let folder = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
        return folder.isEmpty ? "/" : String(folder)
    }

    private static func realPath(_ path: String) -> String? {
        guard let found = realpath(path, nil) else { return nil }
        defer { free(found) }
        return String(cString: found)
    }
}
