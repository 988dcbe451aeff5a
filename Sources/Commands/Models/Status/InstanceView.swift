// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Documents
import FoundationEssentials
import Gateway
import ProfileStorage
import Rotation
import Settings

/// What is said of the credentials at this moment: by the gateway that runs, else worked out from its files.
struct InstanceView {
    enum Origin: Equatable {
        case gateway(pid: Int64?)
        case files(GatewayAbsence)
        /// They say more than the gateway has taken up.
        case filesAhead
    }

    var origin: Origin
    var lines: [CredentialLine] = []
    /// Sentences.
    var problems: [String] = []
    /// The same, where nothing fails for it.
    var warnings: [String] = []
    /// Of providers that nothing can be sent to: why.
    var faults: [ProviderID: Advice] = [:]
    /// Nil unless the gateway said so itself.
    var variables: GatewayVariables?

    init(_ reading: InstanceReading, now: Date) {
        self.init(reading, answer: GatewayAnswer(reading, .status, "/api/v1/status"), now: now)
    }

    /// - Parameter answer: of the gateway to `/api/v1/status`, for whoever has asked already.
    init(_ reading: InstanceReading, answer: GatewayAnswer, now: Date) {
        if case .answered(200, let root) = answer {
            self.init(root, origin: .gateway(pid: root["pid"]?.integer))
            variables = GatewayVariables(root["environment"])
        } else {
            let journal = JournalReading(reading)
            let preview = GatewayPreview(reading, health: journal.health).statusJSON(now: now)
            // What we have just written ourselves reads back.
            let root = (try? Document(Array(preview.utf8), as: .json))?.root
            self.init(root, origin: .files(answer.absence))
            problems += journal.problems
            warnings = journal.warnings
        }
    }

    /// - Parameter problem: one of ``problems``.
    func advice(on problem: String) -> Advice {
        faults.values.first { $0.sentences == problem } ?? Advice(sentences: problem)
    }

    private init(_ root: Element?, origin: Origin) {
        self.origin = origin
        lines = root?["credentials"]?.elements.compactMap { CredentialLine($0) } ?? []
        problems = root?["problems"]?.elements.compactMap(\.string) ?? []
        for entry in root?["providerFaults"]?.elements ?? [] {
            guard let id = entry["provider"]?.string.flatMap({ ProviderID($0) }) else { continue }
            faults[id] = Advice(entry)
        }
    }
}

/// What the journal remembers. One that cannot be read costs nobody a credential: everything counts as healthy.
struct JournalReading {
    var health: [HealthKey: Health] = [:]
    /// The newest first.
    var sessions: [StickySession] = []
    var problems: [String] = []
    var warnings: [String] = []

    /// - Parameter withSessions: there may be thousands, which most commands show nothing of.
    init(_ reading: InstanceReading, withSessions: Bool = false) {
        let journal = HealthJournal(folder: reading.layout.agentDirectory(.main))
        do throws(StoreError) {
            let flaws: JournalFlaws
            (health, sessions, flaws) = try journal.loadAll(withSessions: withSessions)
            warnings = [flaws.newer(journal.path), flaws.damage(journal.path)].compactMap(\.self)
        } catch { problems = ["\(error.advice.what) \(error.advice.why)"] }
    }
}

extension JournalFlaws {
    /// Nil when every line is one of this version's.
    func newer(_ path: String) -> String? {
        if unknown == 0 { return nil }
        return "\(path) holds \(unknown == 1 ? "a line" : "\(unknown) lines") of a newer version: kept, and not used."
    }

    /// Nil for a single line that was cut: that is the trace of a crash, and nobody's business.
    func damage(_ path: String) -> String? {
        unreadable > 1 ? "\(path) holds \(unreadable) lines that cannot be read: they are passed over." : nil
    }
}

extension InstanceView.Origin {
    var sentence: String {
        switch self {
        case .gateway(let pid): "View: gateway" + (pid.map { " (pid \($0))" } ?? "")
        case .files(.notRunning): "View: files (no gateway runs)"
        case .files(.silent): "View: files (the gateway does not answer)"
        case .files(.hidden): "View: files (what a gateway would say cannot be told)"
        case .filesAhead: "View: files (the gateway takes them up within two seconds)"
        }
    }

    /// First in every JSON of the `models` commands that show health.
    var members: [Literal.Member] {
        switch self {
        case .gateway(let pid):
            [.init("view", .string("gateway")), .init("gatewayPid", pid.map { .integer($0) } ?? .null)]
        case .files, .filesAhead: [.init("view", .string("files"))]
        }
    }
}
