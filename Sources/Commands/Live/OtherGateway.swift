// SPDX-License-Identifier: Apache-2.0
import Credentials
import Documents
import SafeFiles
import Settings

#if canImport(Glibc)
    import Glibc
#endif

/// A gateway of this program that serves another instance, found by the port that it listens on. What `/proc` could say
/// of it is closed even to its own account (docs/decisions/0011), so it is known by what its state directory says, else
/// by how it answers.
struct OtherGateway: Equatable {
    /// Nil where it does not show.
    var state: String?
    var pid: Int64?

    /// - Parameters:
    ///   - states: directories that may be its own.
    ///   - own: whose gateway it is not.
    ///   - isAsked: also by a question; whoever is known to be somebody else hears none.
    static func listening(
        on port: Int, at host: String, among states: [String], own: String, asking isAsked: Bool
    ) -> OtherGateway? {
        for state in states where state != own {
            if let pid = holder(of: state, listeningOn: port) { return OtherGateway(state: state, pid: pid) }
        }
        return isAsked && answersAsOurs(host, port) ? OtherGateway() : nil
    }

    /// The process that holds a state directory's lock and has noted that port as its own.
    private static func holder(of state: String, listeningOn port: Int) -> Int64? {
        // What may not be read, or is longer, says nothing.
        guard let folder = try? SafeDirectory(existing: state),
            (try? folder.isLocked(RunningGateway.lockName)) == true,
            let bytes = try? folder.read(RunningGateway.placeName, limitInBytes: 4096),
            let root = try? Document(bytes, as: .json).root, root["port"]?.integer == Int64(port),
            let pid = root["pid"]?.integer, LockHolder.holds(pid, lock: "\(state)/\(RunningGateway.lockName)")
        else { return nil }
        return pid
    }

    /// One short question, without any token, to which other programs have another answer.
    private static func answersAsOurs(_ host: String, _ port: Int) -> Bool {
        var question = LoopbackRequest(host: host, port: port, path: "/livez")
        question.answerMilliseconds = 200
        // Whoever does not answer is somebody else, or nobody to ask.
        return (try? question.exchange()).map(isOurs) ?? false
    }

    static func isOurs(_ bytes: [UInt8]) -> Bool {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)), let answer = try? LoopbackRequest.parse(bytes)
        else { return false }
        let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).lowercased()
        return answer.status == 200 && answer.body == "{\"status\":\"live\"}\n"
            && head.contains("\r\nx-agenticflow-request-id: ")
    }

    /// Whose it is, as a sentence.
    func sentence(_ shown: (String) -> String) -> String {
        let process = pid.map { " (pid \($0))" } ?? ""
        let place = state.map { "the state directory \(shown($0))" } ?? "another state directory"
        return "It is another gateway of this program\(process), on \(place)."
    }
}

extension CommandContext {
    /// The state directories of this home: the usual one, and those of `--profile`.
    var statesOfHome: [String] {
        guard let home = environment["HOME"]?.trimmed ?? Account.home, home.hasPrefix("/"), home != "/" else {
            return []
        }
        let name = ".\(program)"
        return ([name] + Survey.names(in: home).filter { $0.hasPrefix("\(name)-") }).map { "\(home)/\($0)" }
    }
}
