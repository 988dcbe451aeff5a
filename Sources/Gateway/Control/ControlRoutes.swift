// SPDX-License-Identifier: Apache-2.0
import Credentials
import Exchange
import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import Providers
import Rotation

/// The routes of the control plane.
struct ControlRoutes: Sendable {
    let runtime: Runtime
    let loops: EventLoops
    let standing: GatewayStanding
    /// Takes up what has changed on disk since the last look, so that an answer is of the files as they are.
    let refresh: @Sendable () -> Void

    /// Paths that change something; the front door asks more of them.
    static let changing: Set<String> = ["/api/v1/credentials/clear"]

    func add(to router: Router<ControlContext>) {
        router.get("livez") { _, _ in Self.json(.ok, "{\"status\":\"live\"}\n") }
        router.get("readyz") { _, _ in readiness() }
        router.get("healthz") { _, _ in
            refresh()
            return Self.json(.ok, healthReport())
        }
        router.get("metrics") { _, _ in await metrics() }
        router.get("v1/models") { request, _ in models(for: request) }
        router.get("api/v1/status") { _, _ in
            refresh()
            return Self.json(.ok, StatusReport(runtime: runtime, standing: standing).text)
        }
        router.get("api/v1/explain") { request, _ in
            refresh()
            return explain(request)
        }
        router.post("api/v1/credentials/clear") { request, _ in try await clear(request) }
    }

    private func readiness() -> Response {
        let reason = runtime.isDraining ? "draining" : runtime.deployment.token.isKnown ? nil : "closed"
        return Self.json(
            reason == nil ? .ok : .serviceUnavailable, "{\"status\":\"\(reason ?? "ready")\"}\n")
    }

    private func healthReport() -> String {
        let problems = standing.problems
        let status =
            runtime.isDraining
            ? "draining" : !runtime.deployment.token.isKnown ? "closed" : problems.isEmpty ? "ok" : "degraded"
        let list = problems.map(\.jsonQuoted).joined(separator: ",")
        return
            "{\"status\":\"\(status)\",\"connections\":\(runtime.openConnections),\"logLinesDropped\":\(runtime.log.droppedLines),\"problems\":[\(list)]}\n"
    }

    private func metrics() async -> Response {
        var all = Metrics()
        for part in await loops.onEach({ $0.metrics }) { all.add(part) }
        var text = MetricsText()
        text.append(all)
        text.append(runtime.board.overview(now: WallTime.now.date), now: WallTime.now.date)
        return Response(
            status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text.text)))
    }

    /// In Anthropic's shape for clients that name its version or use `x-api-key`, else in OpenAI's.
    private func models(for request: Request) -> Response {
        let names = request.headers.map { $0.name.canonicalName }
        let isAnthropic = names.contains("anthropic-version") || names.contains("x-api-key")
        return Self.json(.ok, runtime.deployment.router.modelList(forAnthropic: isAnthropic))
    }

    private func explain(_ request: Request) -> Response {
        let query = request.uri.queryParameters
        let question = ExplainQuestion(
            model: query.get("model"), endpoint: query.get("endpoint"), agent: query.get("agent"),
            session: query.get("session"))
        let deployment = runtime.deployment
        do throws(Fault) {
            let explained = try ExplainedRoute(
                question, router: deployment.router, board: runtime.board, defaultAgent: deployment.defaultAgent,
                now: WallTime.now.date)
            return Self.json(.ok, explained.json)
        } catch {
            let body = DialectError(code: error.code, message: error.message, requestID: "").body(in: .openaiChat)
            return Self.json(HTTPResponse.Status(code: error.code.status), String(decoding: body, as: UTF8.self))
        }
    }

    /// The front door has checked the token, the host, the origin and the content type.
    private func clear(_ request: Request) async throws -> Response {
        let body = try await request.body.collect(upTo: ControlRequest.maximumBodyBytes)
        do throws(ClearRequest.Fault) {
            let wanted = try ClearRequest(Array(body.readableBytesView))
            let report = ClearReport(cleared: runtime.board.forget(wanted.keys, wanted.clearance))
            log(wanted, report)
            return Self.json(.ok, report.json)
        } catch {
            let fault = DialectError(code: .invalidJSON, message: error.message, requestID: "").body(in: .openaiChat)
            return Self.json(.badRequest, String(decoding: fault, as: UTF8.self))
        }
    }

    private func log(_ wanted: ClearRequest, _ report: ClearReport) {
        guard !report.cleared.isEmpty else { return }
        runtime.log.event(
            "cooldowns_cleared",
            [
                ("asked", .number(wanted.keys.count)), ("cleared", .number(report.cleared.count)),
                ("profiles", .text(report.logged)),
            ])
    }

    static func json(_ status: HTTPResponse.Status, _ text: String) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}

extension MetricsText {
    /// The state and the age of every credential of the default agents' rosters.
    mutating func append(_ lines: [BoardLine], now: Date) {
        family("agenticflow_credential_state", "gauge", "1 for the state a credential is in.")
        var seen: Set<ProfileID> = []
        let own = lines.filter { $0.agent == $0.owner && seen.insert($0.profile).inserted }
        for line in own {
            sample(
                "agenticflow_credential_state",
                [("provider", line.provider.text), ("profile", line.profile.text), ("state", line.code.rawValue)], "1")
        }
        family(
            "agenticflow_credential_expiry_seconds", "gauge",
            "Seconds until a credential expires; negative when it has.")
        for line in own {
            guard case .at(let date) = line.candidate.expires else { continue }
            sample(
                "agenticflow_credential_expiry_seconds",
                [("provider", line.provider.text), ("profile", line.profile.text)],
                "\(Int(date.timeIntervalSince(now)))")
        }
    }
}
