// SPDX-License-Identifier: Apache-2.0
package import Documents

/// Which file each value of a configuration is from, once what it includes has been put in.
package struct SettingsOrigins: Hashable, Sendable {
    /// The included files, in the order in which they were read; the configuration itself is not among them.
    package private(set) var files: [String] = []
    /// Value → its file's place in `files`; -1 for the configuration. Empty when nothing is included.
    private var places: [DocumentPath: Int] = [:]
    /// The same by the paths that problems have.
    private var shown: [String: Int] = [:]

    package init() {}

    /// The included file that the value at a path, or what holds it, is from; nil for the configuration itself.
    package func file(of path: DocumentPath) -> String? {
        var path = path
        while true {
            if let place = places[path] { return files.indices.contains(place) ? files[place] : nil }
            guard !path.isEmpty else { return nil }
            path = path.parent
        }
    }

    /// An included file that has a part in the value at a path.
    package func included(below path: DocumentPath) -> String? {
        guard !files.isEmpty else { return nil }
        let found = places.filter { $0.value >= 0 && $0.key.hasPrefix(path) }.map(\.value).min()
        return found.map { files[$0] }
    }

    mutating func add(file: String) -> Int {
        if let index = files.firstIndex(of: file) { return index }
        files.append(file)
        return files.count - 1
    }

    mutating func note(_ path: DocumentPath, shown text: String, from file: Int) {
        places[path] = file
        shown[text] = file
    }

    /// The problem with the name of the file that it is in.
    package func placed(_ problem: SettingsProblem) -> SettingsProblem {
        guard !files.isEmpty else { return problem }
        var problem = problem
        var path = Substring(problem.path)
        while !path.isEmpty {
            if let place = shown[String(path)] {
                problem.file = files.indices.contains(place) ? files[place] : nil
                break
            }
            path = path.prefix(upTo: path.lastIndex { $0 == "." || $0 == "[" } ?? path.startIndex)
        }
        return problem
    }
}
