// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import ProfileStorage
import Providers
import Rotation
import Settings
import TestKit
import Testing

@testable import CredentialLifecycle

#if canImport(Glibc)
    import Glibc
#endif

/// An instance in a folder of its own, and what a reader makes of it.
final class ReaderInstance {
    let scratch = ScratchFolder(missing: "state")
    let layout: StateLayout
    var reader: InstanceReader

    init(_ variables: [String: String] = [:]) throws {
        let environment = variables.merging(["AGENTICFLOW_STATE_DIR": scratch.path, "HOME": scratch.path]) { own, _ in
            own
        }
        layout = try StateLayout(environment: environment)
        reader = InstanceReader(layout: layout, process: environment)
        for folder in ["", "agents", "agents/main", "agents/main/agent", "agents/helper", "agents/helper/agent"] {
            scratch.makeFolder(folder)
        }
    }

    func configure(_ text: String) { scratch.write(text, to: "agenticflow-enterprise.json") }

    func store(_ text: String, agent: String = "main") {
        scratch.write(text, to: "agents/\(agent)/agent/auth-profiles.json")
    }

    func read() -> InstanceReading { reader.read() }
}

func anthropicProfiles(_ names: String...) -> String {
    let entries = names.map {
        "\"anthropic:\($0)\":{\"type\":\"api_key\",\"provider\":\"anthropic\",\"key\":\"sk-of-\($0)-123456\"}"
    }
    return "{\"version\":1,\"profiles\":{\(entries.joined(separator: ","))}}"
}

extension InstanceReading {
    func names(of agent: AgentID) -> [String] {
        (self[agent]?.profiles ?? []).map { "\($0.owner)/\($0.profile.id.name)" }.sorted()
    }

    func problems(at place: InstanceProblem.Place) -> [InstanceProblem] {
        problems.filter { $0.place == place }
    }
}
