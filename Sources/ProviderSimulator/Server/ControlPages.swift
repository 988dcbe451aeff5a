// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOHTTP1

/// The pages under `/simulator/`, by which tests and demos steer and read the simulator.
struct ControlPages {
    let provider: SimulatedProvider

    func script(_ page: String, _ request: inout IncomingRequest) -> Script {
        let closes = !request.takesChunks
        do throws(RuleProblem) {
            guard let answer = try answer(page, &request) else {
                let known = "GET health, GET record?last=N, DELETE record, PUT rules, DELETE rules, POST forbid"
                return .json(
                    404, ["error": .string("there is no such page; under /simulator/ are: \(known)")], closes: closes)
            }
            return .json(200, answer, closes: closes)
        } catch {
            return .json(400, ["error": .string(error.text)], closes: closes)
        }
    }

    private func answer(_ page: String, _ request: inout IncomingRequest) throws(RuleProblem) -> JSONValue? {
        switch (request.head.method, page) {
        case (.GET, "health"): return ["status": "ok"]
        case (.GET, "record"): return try record(request)
        case (.DELETE, "record"):
            provider.recorder.reset()
            return ["reset": "record"]
        case (.PUT, "rules"):
            let script = try RuleScript(json(&request))
            provider.book.replace(script.rules)
            provider.forbid(script.forbidden)
            return ["rules": .integer(script.rules.count)]
        case (.DELETE, "rules"):
            provider.book.reset()
            return ["reset": "rules"]
        case (.POST, "forbid"):
            let tokens = try RuleScript.tokens(json(&request)["tokens"])
            provider.forbid(tokens)
            return ["forbidden": .integer(tokens.count)]
        default: return nil
        }
    }

    private func record(_ request: IncomingRequest) throws(RuleProblem) -> JSONValue {
        guard let text = request.queryValue("last") else { return provider.recorder.record().json }
        guard let last = Int(text), last >= 0 else { throw RuleProblem(text: "last is no number: \(text)") }
        return provider.recorder.record(last: last).json
    }

    private func json(_ request: inout IncomingRequest) throws(RuleProblem) -> JSONValue {
        do throws(JSONFault) {
            return try JSONParser.parse(Array(request.takeBody().readableBytesView))
        } catch {
            throw RuleProblem(text: "the body is not JSON: \(error.problem) at byte \(error.offset)")
        }
    }
}
