// SPDX-License-Identifier: Apache-2.0
import Documents

/// One place of the configuration that has a meaning.
package struct KnownKey: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case object
        /// An object whose keys are names that people choose.
        case map
        case list
        case text
        case number
        case boolean
        /// A credential, or what people put credentials into.
        case secret
        /// Several kinds, such as a model that is a text or an object.
        case any
        /// No value belongs here; the one that was meant is named.
        case misplaced(String)
    }

    package enum Effect: Hashable, Sendable {
        /// Taken up by a running gateway.
        case running
        /// Read when a gateway starts.
        case atStart
        /// Kept, without effect.
        case none
    }

    /// One step of the pattern.
    enum Step: Hashable, Sendable {
        case key(String)
        case anyKey
        case anyIndex

        func matches(_ step: PathStep) -> Bool {
            switch (self, step) {
            case (.key(let name), .key(let key)): name == key
            case (.anyKey, .key), (.anyIndex, .index): true
            default: false
            }
        }
    }

    /// As in `models.providers.*.models[].id`.
    package let pattern: String
    package let kind: Kind
    package let effect: Effect
    /// Worked out when they are asked for: every command has the table, and hardly any needs these.
    var steps: [Step] {
        var steps: [Step] = []
        for part in pattern.split(separator: ".") {
            let isList = part.hasSuffix("[]")
            let name = isList ? part.dropLast(2) : part
            steps.append(name == "*" ? .anyKey : .key(String(name)))
            if isList { steps.append(.anyIndex) }
        }
        return steps
    }

    init(_ pattern: String, _ kind: Kind, _ effect: Effect = .running) {
        self.pattern = pattern
        self.kind = kind
        self.effect = effect
    }

    func matches(_ path: DocumentPath) -> Bool {
        let steps = steps
        return path.steps.count == steps.count && zip(steps, path.steps).allSatisfy { $0.matches($1) }
    }

    /// The key is the path's, or that of something around it.
    func isAbove(_ path: DocumentPath) -> Bool {
        let steps = steps
        return steps.count <= path.steps.count && zip(steps, path.steps).allSatisfy { $0.matches($1) }
    }

    /// The key is the path's, or that of something inside it.
    func isBelow(_ path: DocumentPath) -> Bool {
        let steps = steps
        return steps.count >= path.steps.count && zip(steps, path.steps).allSatisfy { $0.matches($1) }
    }
}
