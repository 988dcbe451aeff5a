// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import Rotation
import Testing

@testable import Commands

#if canImport(Glibc)
    import Glibc
#endif

/// Every check is provoked by what it is for, and by nothing that is in order.
@Suite struct DoctorCheckTests {
    struct Fault: Sendable, CustomTestStringConvertible {
        var id: CheckID
        /// Whatever has to live as long as the question is returned.
        var plant: @Sendable () throws -> (Instance, AnyObject?)
        var testDescription: String { id.rawValue }

        init(_ id: CheckID, _ plant: @escaping @Sendable () throws -> (Instance, AnyObject?)) {
            self.id = id
            self.plant = plant
        }

        /// A fault of the configuration.
        init(_ id: CheckID, config: String) { self.init(id) { (Patient.healthy(config), nil) } }

        /// A fault of the store.
        init(_ id: CheckID, config: String = Patient.config, store: String) {
            self.init(id) { (Instance(config: config, store: store), nil) }
        }

        /// One that is made by hand.
        init(_ id: CheckID, config: String = Patient.config, _ change: @escaping @Sendable (Instance) throws -> Void) {
            self.init(id) {
                let instance = Patient.healthy(config)
                try change(instance)
                return (instance, nil)
            }
        }

        /// One of the gateway: what it answers.
        init(
            _ id: CheckID, status: Int = 200, answer: String?,
            _ change: @escaping @Sendable (Instance) -> Void = { _ in }
        ) {
            self.init(id) {
                let instance = Patient.healthy()
                change(instance)
                return (instance, PretendGateway(instance, answers: answer.map { ["/api/v1/status": (status, $0)] }))
            }
        }
    }

    static func profiles(_ entries: String) -> String { "{\"version\": 1, \"profiles\": {\(entries)}}" }
    static func token(_ id: String, expires: TimeInterval, _ provider: String = "openrouter") -> String {
        let milliseconds = Int64((Instance.now.timeIntervalSince1970 + expires) * 1000)
        return
            "\"\(id)\": {\"type\": \"token\", \"provider\": \"\(provider)\", \"token\": \"sk-or-0123456789\", \"expires\": \(milliseconds)}"
    }
    static let work =
        "\"anthropic:work\": {\"type\": \"api_key\", \"provider\": \"anthropic\", \"key\": \"\(Patient.key)\"}"
    static func provider(_ members: String) -> String { "models: { providers: { openai: { \(members) } } }," }

    static let configuration: [Fault] = [
        Fault(.configUnreadable, config: "{ gateway: {"),
        Fault(.configUnsafe) { instance in
            rename(instance.configPath, "\(instance.home)/real.json")
            symlink("\(instance.home)/real.json", instance.configPath)
        },
        Fault(.configTooBig) { truncate($0.configPath, 17 << 20) },
        Fault(.configNewerVersion, config: Patient.config(top: "meta: { lastTouchedVersion: \"99.0.1\" },")),
        Fault(.configInclude, config: Patient.config(top: "$include: \"./gone.json\",")),
        Fault(.configValueUnusable, config: Patient.config(gateway: "port: \"x\",")),
        Fault(
            .trustUnreadable,
            config: Patient.config(top: "models: { providers: { anthropic: { caFile: \"/nowhere/ca.pem\" } } },")),
        Fault(.configValueDoubtful, config: Patient.config(top: provider("apiKey: \"${x\""))),
        Fault(.configUnknownKey, config: Patient.config(gateway: "port: 0, alowedHosts: [],")),
        Fault(.configDuplicateKey, config: Patient.config(gateway: "port: 0, port: 0,")),
        Fault(.configGatewayTokenMisplaced, config: Patient.config(gateway: "port: 0, token: \"agw_misplaced\",")),
        Fault(.configVariableMissing, config: Patient.config(top: provider("apiKey: \"${NOWHERE_KEY}\""))),
        Fault(
            .configSeveralDefaultAgents,
            config: "{gateway: {port: 0}, agents: {list: [{id: \"main\", default: true}, {id: \"b\", default: true}]}}"),
        Fault(
            .configSharedAgentDir,
            config:
                "{gateway: {port: 0}, agents: {list: [{id: \"a\", agentDir: \"/tmp/x\"}, {id: \"b\", agentDir: \"/tmp/x\"}]}}"
        ),
        Fault(.configPlaintextKey, config: Patient.config(top: provider("apiKey: \"sk-0123456789abcdef\""))),
        Fault(.configBindRefused, config: Patient.config(gateway: "port: 0, bind: \"lan\",")),
        Fault(.configPlainRemote, config: Patient.config(gateway: "port: 0, bind: \"lan\", allowPlainRemote: true,")),
        Fault(.configProxyWithoutEffect, config: Patient.config(gateway: "port: 0, proxy: \"env\",")),
        Fault(.authProfileNoteOrphan, store: profiles("")),
        Fault(
            .authProfileNoteRenamed,
            config: "{gateway: {port: 0}, auth: {profiles: {\"openai:me\": {provider: \"openai\", mode: \"oauth\"}}}}",
            store: profiles(
                "\"openai:default\": {\"type\": \"oauth\", \"provider\": \"openai\", \"access\": \"a-012345678\", \"refresh\": \"r-012345678\", \"expires\": 9999999999999}"
            )),
        Fault(
            .authOrderOrphan,
            config: Patient.config(order: "order: { anthropic: [\"anthropic:work\", \"anthropic:gone\"] },")),
        Fault(
            .authProfileNotNoted,
            store: profiles(
                "\(work), \"anthropic:b\": {\"type\": \"api_key\", \"provider\": \"anthropic\", \"key\": \"sk-ant-api03-bb\"}"
            )),
        Fault(.authOrderEmptiesProvider, config: Patient.config(order: "order: { anthropic: [] },")),
        Fault(
            .authOrderEmptiesProvider, config: Patient.config(order: "order: { anthropic: [\"anthropic:old\"] },"),
            store: profiles("\(work), \(token("anthropic:old", expires: -60, "anthropic"))")),
    ]

    static let environment: [Fault] = [
        Fault(.envFileUnreadable) { symlink("/dev/null", "\($0.state)/.env") },
        Fault(.envFileLine) { $0.write(".env", "MISTRAL_API_KEY\n") },
        Fault(.envFileRepeat) { $0.write(".env", "MISTRAL_API_KEY=one-0123456789\nMISTRAL_API_KEY=two-0123456789\n") },
        Fault(.envShadowed) { instance in
            instance.write(".env", "MISTRAL_API_KEY=one-of-the-file\n")
            instance.environment["MISTRAL_API_KEY"] = "one-of-the-shell"
        },
        Fault(.envGatewayUnseen, answer: Patient.healthy) { $0.environment["MISTRAL_API_KEY"] = "one-of-the-shell" },
        Fault(.envProviderUnsupported) { $0.environment["GEMINI_API_KEY"] = "some-key-1234567890" },
        Fault(.envWithoutEffect) { $0.write(".env", "OPENAI_APIKEY=some-key-1234567890\n") },
        Fault(.envAnthropicBoth) { instance in
            instance.write(".env", "ANTHROPIC_API_KEY=sk-ant-api03-b\nANTHROPIC_OAUTH_TOKEN=sk-ant-oat01-b\n")
        },
    ]

    static let credentials: [Fault] = [
        Fault(.noCredentials, store: profiles("")),
        Fault(.modelProviderUnknown, config: Patient.config(model: "nobody/model")),
        Fault(.modelDoubtful, config: Patient.config(model: "anthropic/claude-sonet-4-5")),
        Fault(.nothingToSend, config: Patient.config(model: "openai/gpt-5")),
        Fault(
            .providerWithoutCredential,
            config: Patient.config().replacing(
                "\"anthropic/claude-sonnet-4-5\"",
                with: "{primary: \"anthropic/claude-sonnet-4-5\", fallbacks: [\"minimax/m2\"]}")),
        Fault(
            .modelFallbackIdle,
            config: Patient.config().replacing(
                "\"anthropic/claude-sonnet-4-5\"",
                with: "{primary: \"anthropic/claude-sonnet-4-5\", fallbacks: [\"openai/gpt-5\"]}")),
        Fault(.credentialExpired, store: profiles("\(work), \(token("openrouter:a", expires: -60))")),
        Fault(.credentialExpiring, store: profiles("\(work), \(token("openrouter:a", expires: 3600))")),
        Fault(
            .credentialMissing,
            store: profiles("\(work), \"openai:a\": {\"type\": \"api_key\", \"provider\": \"openai\"}")),
        Fault(
            .credentialAbandoned, config: Patient.config(order: "order: { anthropic: [\"anthropic:work\"] },"),
            store: profiles("\(work), \(token("anthropic:old", expires: -60, "anthropic"))")),
        Fault(
            .credentialUnused, config: Patient.config(order: "order: { anthropic: [\"anthropic:work\"] },"),
            store: profiles(
                "\(work), \"anthropic:spare\": {\"type\": \"api_key\", \"provider\": \"anthropic\", \"key\": \"sk-ant-api03-spare\"}"
            )),
        Fault(.credentialCooling) { try $0.hold("anthropic:work", .rateLimit, for: 300) },
        Fault(.credentialDisabled) { try $0.hold("anthropic:work", .billing, for: 300) },
        Fault(.credentialIneligible, store: profiles(token("anthropic:work", expires: 9e6, "anthropic"))),
        Fault(
            .credentialSetupToken,
            store: profiles(
                "\(work), \"anthropic:s\": {\"type\": \"token\", \"provider\": \"anthropic\", \"token\": \"sk-ant-oat01-\(String(repeating: "s", count: 80))\"}"
            )),
        Fault(
            .credentialReferenceUnresolved,
            store: profiles(
                "\(work), \"openai:r\": {\"type\": \"api_key\", \"provider\": \"openai\", \"keyRef\": {\"source\": \"env\", \"id\": \"NOWHERE_KEY\"}}"
            )),
        Fault(
            .credentialProviderUnsupported,
            store: profiles(
                "\(work), \"nobody:a\": {\"type\": \"api_key\", \"provider\": \"nobody\", \"key\": \"k-0123456789\"}")),
        Fault(
            .credentialDuplicate,
            store: profiles(
                "\(work), \"anthropic:again\": {\"type\": \"api_key\", \"provider\": \"anthropic\", \"key\": \"\(Patient.key)\"}"
            )),
        Fault(.credentialSharedLogin, config: "{gateway: {port: 0}, agents: {list: [{id: \"main\"}, {id: \"coder\"}]}}")
        { instance in
            let login =
                "\"openai:l\": {\"type\": \"oauth\", \"provider\": \"openai\", \"access\": \"a-012345678\", \"refresh\": \"r-012345678\", \"expires\": 9999999999999}"
            instance.write("agents/main/agent/auth-profiles.json", profiles(login))
            instance.write("agents/coder/agent/auth-profiles.json", profiles(login))
        },
    ]

    static let stores: [Fault] = [
        Fault(.storeMalformed, store: "{\"version\": 1, \"profi"),
        Fault(.storeMalformed, store: ""),
        Fault(.storeNewerVersion, store: "{\"version\": 9, \"profiles\": {}}"),
        Fault(.storeUnsafe) { instance in
            remove("\(instance.agentFolder)/auth-profiles.json")
            mkfifo("\(instance.agentFolder)/auth-profiles.json", 0o600)
        },
        Fault(.storeUnsafe) { instance in
            link("\(instance.agentFolder)/auth-profiles.json", "\(instance.home)/another-name")
        },
        Fault(
            .storeUnreadable,
            config:
                "{gateway: {port: 0}, agents: {list: [{id: \"main\"}, {id: \"b\", agentDir: \"/\(String(repeating: "a", count: 300))\"}]}}"
        ),
        Fault(.storeEntryUnknown, store: profiles("\(work), \"openai:x\": {\"key\": \"k\"}")),
        Fault(.storeLeftover) { $0.write("agents/main/agent/.auth-profiles.json.new-abc.tmp", "{") },
        Fault(.journalUnreadable) { mkdir("\($0.agentFolder)/auth-health.jsonl", 0o700) },
        Fault(.journalNewerVersion) {
            $0.write("agents/main/agent/auth-health.jsonl", "{\"v\":2,\"id\":\"openai:a\"}\n")
        },
        Fault(.journalDamaged) { $0.write("agents/main/agent/auth-health.jsonl", "one\ntwo\n") },
        Fault(.journalLarge) { instance in
            instance.write("agents/main/agent/auth-health.jsonl", "\n")
            truncate("\(instance.agentFolder)/auth-health.jsonl", 17 << 20)
        },
        Fault(.backupUnreadable) { $0.write("doctor-backups/20260101T000000Z/manifest.json", "{\"version\": 2}") },
        Fault(.legacyFlatStore, store: "{\"openai\": {\"apiKey\": \"sk-0123456789abcdef\"}}"),
        Fault(.legacyAuthFile) {
            $0.write("agents/main/agent/auth.json", "{\"openai\": {\"key\": \"sk-0123456789abcdef\"}}")
        },
        Fault(.legacyOAuthFile) { instance in
            instance.write(
                "credentials/oauth.json", "{\"openai\": {\"access\": \"a\", \"refresh\": \"r\", \"expires\": 1}}")
        },
    ]

    static let permissions: [Fault] = [
        Fault(.stateDirUnsafe) { instance in
            rename(instance.state, "\(instance.home)/real")
            symlink("\(instance.home)/real", instance.state)
        },
        Fault(.stateDirPermissions) { chmod($0.state, 0o755) },
        Fault(.agentDirPermissions) { chmod($0.agentFolder, 0o750) },
        Fault(.filePermissions) { chmod($0.configPath, 0o644) },
        Fault(.filePermissions) { instance in
            instance.write("agenticflow-enterprise.json.bak", "{}")
            chmod("\(instance.configPath).bak", 0o604)
        },
        Fault(.stateInGit) { mkdir("\($0.home)/.git", 0o700) },
        Fault(.stateTrackedByGit) { instance in
            instance.write("../.git/index", "DIRC\0.agenticflow-enterprise/agenticflow-enterprise.json\0\0")
        },
        Fault(.stateInSyncedFolder) { instance in
            mkdir("\(instance.home)/Dropbox", 0o700)
            instance.environment["AGENTICFLOW_STATE_DIR"] = "\(instance.home)/Dropbox/state"
        },
        Fault(.otherStateDir) { mkdir("\($0.home)/.agenticflow-enterprise-staging", 0o700) },
    ]

    static let gateway: [Fault] = [
        Fault(.gatewayNotRunning, config: Patient.config),
        Fault(.gatewayHidden) { instance in
            instance.write("gateway.lock", "1\n")
            link("\(instance.state)/gateway.lock", "\(instance.state)/gateway.lock.too")
        },
        Fault(.gatewayHung, answer: nil),
        Fault(.gatewayRefusesToken, status: 401, answer: "{}"),
        Fault(.gatewayForeignAnswer, answer: "{\"hello\": true}"),
        Fault(.gatewayForeignAnswer, status: 404, answer: "{}"),
        Fault(.gatewayVersionDiffers, answer: Patient.healthy.replacing("0.1.0", with: "0.0.9")),
        Fault(.gatewayVersionDiffers, answer: Patient.healthy.replacing("0.1.0", with: "0.10")),
        Fault(.gatewayProblem, answer: Patient.healthy.replacing("[], \"cred", with: "[\"It is tired.\"], \"cred")),
        Fault(.gatewayTokenMissing, config: "{gateway: {port: 0}}"),
        Fault(.gatewayTokenElsewhere, config: "{gateway: {port: 0}, env: {shellEnv: {enabled: true}}}"),
        Fault(.gatewayRestartNeeded) {
            let instance = Patient.healthy()
            let answers = ["/api/v1/status": (status: 200, body: Patient.healthy)]
            return (instance, PretendGateway(instance, noting: ", \"configuredPort\": 18799", answers: answers))
        },
        Fault(.gatewayForeignAnswer, answer: "{\"version\": \"0.1.0\"}"),
        Fault(.gatewayPlaceStale) { $0.write("gateway.json", "{\"pid\": 1, \"host\": \"127.0.0.1\", \"port\": 9}") },
        Fault(.portInUse) {
            let squatter = Squatter()
            return (Patient.healthy(Patient.config(gateway: "port: \(squatter.port),")), squatter)
        },
        Fault(
            .bindAddressUnavailable,
            config: Patient.config(gateway: "port: 18789, bind: \"192.0.2.1\", allowPlainRemote: true,")),
        Fault(
            .gatewayClosed,
            answer: Patient.healthy.replacing(
                "\"pid\"",
                with: "\"environment\": {\"variables\": [], \"clientToken\": null, \"shellEnv\": {}}, \"pid\"")),
        Fault(.clockSkew, answer: Patient.healthy.replacing("\"pid\"", with: "\"startedAt\": 9999999999999, \"pid\"")),
    ]

    static let faults = configuration + environment + credentials + stores + permissions + gateway

    @Test(arguments: faults) func `a fault is found`(_ fault: Fault) throws {
        let (instance, living) = try fault.plant()
        let found = try instance.findings()
        withExtendedLifetime(living) {}
        #expect(found.contains(fault.id.rawValue))
    }

    @Test func `an instance in order has no finding`() throws {
        let instance = Patient.healthy()
        let gateway = PretendGateway(instance, answers: ["/api/v1/status": (200, Patient.healthy)])
        #expect(try instance.findings() == [])
        let words = instance.run("doctor").stdout
        #expect(words.hasPrefix("Variables\n  - AGENTICFLOW_GATEWAY_TOKEN"), "\(words)")
        #expect(words.hasSuffix("\n\nNothing found.\nDoctor complete.\n"))
        withExtendedLifetime(gateway) {}
    }

    @Test func `every check has its fault`() {
        let elsewhere: Set<CheckID> = [.envWorkingDirectoryIgnored, .stateNotWritable, .stateDiskFull, .portNotAllowed]
        #expect(Set(Self.faults.map(\.id)).union(elsewhere) == Set(CheckID.allCases))
    }

    @Test func `credentials in the working directory are named and ignored`() throws {
        let instance = Patient.healthy()
        instance.write("../project/.env", "ANTHROPIC_API_KEY=sk-ant-of-the-project\nPORT=1\n")
        let context = CommandContext(
            terminal: .standard, environment: instance.environment, workingDirectory: "\(instance.home)/project",
            now: { Instance.now })
        let survey = try Survey(context)
        let finding = survey.findings().first { $0.id == .envWorkingDirectoryIgnored }
        #expect(finding?.what == "ANTHROPIC_API_KEY in ~/project/.env is ignored.")
    }

    @Test(arguments: [(EADDRINUSE, PortTrial.Outcome.taken), (EACCES, .notAllowed), (EADDRNOTAVAIL, .noSuchAddress)])
    func `what the system says of a port is understood`(code: Int32, outcome: PortTrial.Outcome) {
        #expect(PortTrial.outcome(of: code) == outcome)
    }

    @Test func `looking changes nothing, not even a mode`() throws {
        let instance = Patient.healthy()
        chmod(instance.state, 0o755)
        chmod(instance.configPath, 0o644)
        instance.settle()
        let before = instance.everything
        for words in ["doctor", "doctor --json", "doctor --lint", "doctor --fix --dry-run"] { _ = instance.run(words) }
        #expect(instance.everything == before)
    }

    @Test func `an included file is reported by its own name, and not repaired`() throws {
        let instance = Patient.healthy(Patient.config(top: "$include: \"./more.json\","))
        instance.write("more.json", "{gateway: {token: \"agw_misplaced\", prot: 1}}")
        instance.settle()
        let run = instance.run("doctor --json --only config-unknown-key --only config-gateway-token-misplaced")
        #expect(try JSON(run.stdout)["summary"] == ["errors": 0, "warnings": 2, "infos": 0, "repairable": 0])
        #expect(run.stdout.contains("Edit ~/.agenticflow-enterprise/more.json, then run:"))
    }

    @Test func `an expiry that may be in seconds is told, and not guessed`() {
        let entry =
            "\"openrouter:a\": {\"type\": \"token\", \"provider\": \"openrouter\", \"token\": \"sk-or-0123456789\", \"expires\": 1790000000}"
        let instance = Instance(config: Patient.config, store: Self.profiles("\(Self.work), \(entry)"))
        instance.settle()
        let run = instance.run("doctor --only credential-expired")
        #expect(run.stdout.contains("openrouter:a has expired (1970-01-21T17:13:20Z)."))
        #expect(run.stdout.contains("Its expires may be in seconds; the store counts milliseconds."))
        #expect(instance.run("doctor --fix --dry-run").stdout.contains("Nothing can be repaired from here."))
    }

    @Test func `the process on the port is named`() throws {
        let squatter = Squatter()
        let instance = Patient.healthy(Patient.config(gateway: "port: \(squatter.port),"))
        instance.settle()
        let run = withExtendedLifetime(squatter) { instance.run("doctor") }
        #expect(run.stdout.contains("error: Port \(squatter.port) is already in use. [port-in-use]"))
        #expect(run.stdout.contains("why: - pid \(getpid()) "), "\(run.stdout)")
        #expect(run.stdout.contains(" (127.0.0.1) Taken on 127.0.0.1, 0.0.0.0. It is no gateway of this program."))
        #expect(run.stdout.contains("fix: Take another port: agenticflow-enterprise config set gateway.port 18"))
        #expect(!run.stdout.contains("kill"))
    }
}

/// Another program on the gateway's port.
final class Squatter {
    let port: Int
    private let descriptor: Int32

    init() {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                _ = bind(descriptor, generic, length)
                _ = listen(descriptor, 1)
                _ = getsockname(descriptor, generic, &length)
            }
        }
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(descriptor) }
}
