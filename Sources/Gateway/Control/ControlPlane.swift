// SPDX-License-Identifier: Apache-2.0
import Credentials
import Exchange
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import Synchronization

/// Everything that is not a model request: health, metrics, and the API the command line asks. Hummingbird's router
/// finds the route; the listener, its checks and the writing of the answer are ours.
package final class ControlPlane: Sendable {
    private let responder: any HTTPResponder<ControlContext>

    init(_ routes: ControlRoutes) {
        let router = Router(context: ControlContext.self)
        routes.add(to: router)
        responder = router.buildResponder()
    }

    /// Answers through `door`, on its loop.
    func answer(_ request: ControlRequest, at door: FrontDoor) {
        guard let context = door.context else { return }
        let loop = context.eventLoop
        let promise = loop.makePromise(of: ControlAnswer.self)
        let channel = context.channel
        let incoming = Request(
            head: HTTPRequest(request.head, path: request.head.uri), body: RequestBody(buffer: request.body))
        promise.completeWithTask { [responder] in
            let logger = Logger(label: "control") { _ in SwiftLogNoOpLogHandler() }
            let source = ApplicationRequestContextSource(channel: channel, logger: logger)
            return await ControlAnswer(to: incoming, from: responder, context: ControlContext(source: source))
        }
        let bound = NIOLoopBound(door, eventLoop: loop)
        promise.futureResult.whenSuccess { answer in bound.value.write(answer) }
    }
}

/// What the routes are given beside the request.
struct ControlContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    init(source: ApplicationRequestContextSource) { coreContext = CoreRequestContextStorage(source: source) }
}

/// An answer of the control plane: small, whole.
struct ControlAnswer: Sendable {
    var status: Int
    var fields: [(name: String, value: String)]
    var body: ByteBuffer

    init(to request: Request, from responder: any HTTPResponder<ControlContext>, context: ControlContext) async {
        do {
            let response = try await responder.respond(to: request, context: context)
            let sink = BodySink()
            try await response.body.write(BodyCollector(sink: sink))
            if response.status == .notFound, sink.bytes.withLock({ $0.readableBytes == 0 }) {
                // The router's own answer when no route fits.
                self.init(noRouteFor: request.uri.path)
                return
            }
            self.init(
                status: response.status.code, fields: response.headers.map { ($0.name.canonicalName, $0.value) },
                body: sink.bytes.withLock { $0 })
        } catch let error as any HTTPResponseError {
            let code = error.status.code
            self.init(
                status: code, code: code == 404 ? "not_found" : "bad_request",
                message: "\(error.status.reasonPhrase): \(request.uri.path)")
        } catch {
            self.init(status: 500, code: "internal", message: "The request could not be answered.")
        }
    }

    init(status: Int, fields: [(name: String, value: String)], body: ByteBuffer) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    private init(noRouteFor path: String) {
        self.init(
            status: 404, code: "not_found",
            message: "There is no route \(path.prefix(100).escapedForDisplay). Model requests go to /v1/messages, "
                + "/v1/chat/completions, /v1/responses or /v1/embeddings.")
    }

    init(status: Int, code: String, message: String) {
        self.init(status: status, fields: [("content-type", "application/json")], body: ByteBuffer())
        body.writeStaticString("{\"error\":{\"message\":")
        body.writeJSONString(message)
        body.writeStaticString(",\"type\":\"invalid_request_error\",\"param\":null,\"code\":")
        body.writeJSONString(code)
        body.writeStaticString("}}\n")
    }
}

/// Holds what `BodyCollector`, which is consumed by its last write, has gathered.
private final class BodySink: Sendable {
    let bytes = Mutex(ByteBuffer())
}

private struct BodyCollector: ResponseBodyWriter {
    let sink: BodySink
    mutating func write(_ buffer: ByteBuffer) async throws {
        sink.bytes.withLock { _ = $0.writeImmutableBuffer(buffer) }
    }
    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

extension FrontDoor {
    func write(_ answer: ControlAnswer) {
        var head = AnswerHead(status: answer.status, allocator: allocator)
        head.add("x-agenticflow-request-id", runtime.ids.next())
        for (name, value) in answer.fields where !name.isEqualIgnoringCase("content-length") { head.copy(name, value) }
        head.add("cache-control", "no-store")
        head.add("x-content-type-options", "nosniff")
        begin(head, framing: .length(answer.body.readableBytes))
        write(answer.body)
        end()
    }
}

extension HTTPRequest {
    init(_ head: HTTPRequestHead, path: String) {
        var fields = HTTPFields()
        for (name, value) in head.headers {
            if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
        }
        self.init(
            // HEAD is GET whose body the front door keeps back.
            method: head.method == .HEAD ? .get : HTTPRequest.Method(rawValue: head.method.rawValue) ?? .get,
            scheme: "http",
            authority: head.headers.first(name: "host"), path: path, headerFields: fields)
    }
}
