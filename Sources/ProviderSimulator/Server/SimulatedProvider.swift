// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOHTTP1
import Synchronization

/// What every connection of a simulator shares: rules, prohibitions and the record. Does no input or output.
final class SimulatedProvider: Sendable {
    let recorder = Recorder()
    let book: RuleBook
    private let prohibitions: Mutex<Prohibitions>

    init(rules: [Rule], prohibitions: Prohibitions) {
        book = RuleBook(script: rules)
        self.prohibitions = Mutex(prohibitions)
    }

    func forbid(_ tokens: [String]) { prohibitions.withLock { $0.tokens.formUnion(tokens) } }

    // MARK: The head

    /// Enters a head into the record, unless it is for the simulator itself.
    func receive(_ head: HTTPRequestHead, connection: Int) -> IncomingRequest {
        var request = IncomingRequest(head)
        if case .control = request.place { return request }
        let prohibitions = prohibitions.withLock { $0 }
        let secret = ProviderEndpoint.credential(head.headers, request.dialect)
        var question = book.question(secret: secret, endpoint: request.path)
        // Open to everybody: only a rule, or a key that says so, makes it go wrong.
        if case .call(.catalogue) = request.place, question.spoken == nil {
            question.spoken = KeyConvention(key: "sk-sim-ok")
        }
        let found = prohibitions.found(in: head)
        let masking = Masking(secret: secret, label: question.label, prohibitions: prohibitions)
        request.question = question
        request.entry = recorder.open { number in
            RecordedRequest(
                number: number, connection: connection, time: Timestamp.now.seconds, method: head.method.rawValue,
                path: masking.shown(request.path), label: question.label, headers: masking.shown(head.headers),
                contraband: found)
        }
        if found.isEmpty, case .call = request.place { request.unread = book.refusesToRead(question) }
        return request
    }

    // MARK: The answer

    /// The script for a request that has been read to its end, or is never to be read.
    func script(for request: inout IncomingRequest) -> Script {
        request.entry?.bytesIn = request.bodyBytes
        if case .control(let page) = request.place { return ControlPages(provider: self).script(page, &request) }
        guard var entry = request.entry, let question = request.question else { return Script(ending: .close) }
        defer { request.entry = entry }
        if let item = entry.contraband.first {
            return refuse(Refusal(400, "invalid_request_error", item.refusal, code: "contraband"), request, entry)
        }
        guard case .call(let endpoint) = request.place else {
            return refuse(unknownPath(request), request, entry)
        }
        guard request.head.method == endpoint.method || request.unread != nil else {
            return refuse(wrongMethod(request), request, entry)
        }
        let call = call(endpoint, &request, entry, secret: question.secret)
        let ruling = ruling(request, call, question)
        entry.model = call.model.map { model in
            let prohibitions = prohibitions.withLock { $0 }
            return Masking(secret: question.secret, label: question.label, prohibitions: prohibitions).shown(model)
        }
        entry.stream = call.isStream
        entry.fault = ruling.fault
        recorder.decided(entry, ruling.fault)
        return Composer(call: call, ruling: ruling, now: .now).script()
    }

    private func ruling(_ request: IncomingRequest, _ call: ModelCall, _ question: Rule.Question) -> Ruling {
        if let unread = request.unread { return unread }
        var question = question
        question.model = call.model
        return book.decide(question)
    }

    private func call(
        _ endpoint: ProviderEndpoint, _ request: inout IncomingRequest, _ entry: RecordedRequest, secret: String?
    ) -> ModelCall {
        let headers = request.head.headers
        return ModelCall(
            number: entry.number, requestID: entry.id, endpoint: endpoint, dialect: request.dialect, secret: secret,
            hasVersionField: headers.contains(name: "anthropic-version"),
            usesBearer: !headers.contains(name: "x-api-key"), takesChunks: request.takesChunks,
            bodyBytes: request.bodyBytes, body: body(endpoint, &request))
    }

    private func body(_ endpoint: ProviderEndpoint, _ request: inout IncomingRequest) -> ModelCall.Body {
        if request.isTooLarge { return .tooLarge }
        if endpoint.method == .GET || request.unread != nil { return .none }
        do throws(JSONFault) {
            return .json(try JSONParser.parse(Array(request.takeBody().readableBytesView)))
        } catch {
            return .malformed(error)
        }
    }

    // MARK: Refusals that no fault asks for

    private func refuse(_ refusal: Refusal, _ request: IncomingRequest, _ entry: RecordedRequest) -> Script {
        let id = request.dialect == .anthropic ? "request-id" : "x-request-id"
        return Script.json(
            refusal.status, refusal.body(request.dialect, requestID: entry.id), closes: !request.takesChunks,
            fields: [AnswerHead.Field(name: id, value: entry.id)])
    }

    private func unknownPath(_ request: IncomingRequest) -> Refusal {
        switch request.dialect {
        case .anthropic: Refusal(404, "not_found_error", "Not found")
        case .openai:
            Refusal(404, "invalid_request_error", "Invalid URL (\(request.head.method.rawValue) \(request.path))")
        }
    }

    private func wrongMethod(_ request: IncomingRequest) -> Refusal {
        switch request.dialect {
        case .anthropic: Refusal(405, "invalid_request_error", "Method Not Allowed")
        case .openai:
            Refusal(
                405, "invalid_request_error", "Not allowed to \(request.head.method.rawValue) on \(request.path).",
                code: "method_not_supported")
        }
    }
}

extension Script {
    /// A whole JSON answer.
    static func json(_ status: Int, _ json: JSONValue, closes: Bool, fields: [AnswerHead.Field] = []) -> Script {
        let body = ByteBuffer(string: json.description + "\n")
        var head = AnswerHead(status)
        head.add("date", Timestamp.now.httpDate)
        head.add("content-type", "application/json")
        head.add(fields)
        var script = Script(status: status)
        script.write(head.bytes(.length(body.readableBytes), closes: closes))
        script.write(body)
        script.end(closes ? .close : .keepAlive, status < 400 ? .answered : .refused)
        return script
    }
}
