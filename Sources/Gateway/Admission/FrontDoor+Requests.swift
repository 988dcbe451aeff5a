// SPDX-License-Identifier: Apache-2.0
import Exchange
import NIOCore
import NIOHTTP1
import Providers

/// From a request's head to whoever serves it, or to an error of ours.
extension FrontDoor {
    func receive(_ head: HTTPRequestHead) {
        requestEnded = false
        hasRequest = true
        bytesOut = 0
        isHTTP10 = head.version.isHTTP10
        isHeadRequest = head.method == .HEAD
        let deployment = runtime.deployment
        let route = Route(head)
        let fields = HeadFields(head)
        // NIO's decoder stops for good behind a request that offers an upgrade; ours is never taken up.
        keepsAlive = head.isKeepAlive && !fields.offersUpgrade && !runtime.isDraining
        do throws(Fault) {
            try deployment.heads.admit(head, fields)
            if !route.isOpen, !isCommand(fields, to: route) { try deployment.token.admit(fields) }
            try admit(head, fields, to: route, under: deployment)
        } catch {
            refuse(error, dialect: route.dialect)
        }
    }

    private func admit(
        _ head: HTTPRequestHead, _ fields: HeadFields, to route: Route, under deployment: Deployment
    ) throws(Fault) {
        switch route {
        case .model(let endpoint):
            if head.method != .POST { throw Fault(.methodNotAllowed, "Use POST for \(endpoint.path).") }
            try checkContentType(fields)
            if runtime.isDraining {
                throw Fault(.draining, "The gateway is shutting down. Repeat the request in a moment.")
            }
            let client = ClientSide(fields: fields, endpoint: endpoint, deployment: deployment, door: self)
            stage = .relaying(client)
            client.start()
            // Not when the head alone was reason enough to refuse it.
            if case .relaying = stage { continueIfExpected(head, fields) }
        case .control(let path, _):
            // What changes something is asked for by a program: a form on a web page cannot send JSON.
            if ControlRoutes.changing.contains(path), head.method != .GET, head.method != .HEAD {
                try checkContentType(fields)
            }
            stage = .control(ControlRequest(head: head, path: path, deployment: deployment))
            continueIfExpected(head, fields)
        }
    }

    private func checkContentType(_ fields: HeadFields) throws(Fault) {
        if fields.contentType?.isJSONContentType != true {
            throw Fault(
                .invalidJSON, "The request's content-type is not application/json. Send JSON, and say so in that field."
            )
        }
    }

    private func continueIfExpected(_ head: HTTPRequestHead, _ fields: HeadFields) {
        guard !head.version.isHTTP10, let expect = fields.expect, expect.isEqualIgnoringCase("100-continue") else {
            return
        }
        encoder.writeDirectly(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n"))
    }

    func collect(_ bytes: ByteBuffer, for request: ControlRequest) {
        guard request.body.readableBytes + bytes.readableBytes <= ControlRequest.maximumBodyBytes else {
            return refuse(
                Fault(.bodyTooLarge, "The request body is larger than \(ControlRequest.maximumBodyBytes) bytes."),
                dialect: .openaiChat)
        }
        request.body.writeImmutableBuffer(bytes)
    }

    /// An error of ours before anything else was answered; the connection ends with it.
    func refuse(_ fault: Fault, dialect: ClientDialect) {
        keepsAlive = false
        if !hasRequest { (isHeadRequest, isHTTP10, bytesOut) = (false, false, 0) }
        let id = runtime.ids.next()
        var answer = ErrorAnswer(fault, dialect: dialect, requestID: id)
        answer.allow = fault.code == .methodNotAllowed ? "POST" : nil
        write(answer, id: id)
        own.metrics.countRequest(route: "refused", status: answer.status, duration: .zero, firstToken: nil)
        own.append(.refused(id: id, code: fault.code.rawValue, status: answer.status, bytesOut: bytesOut))
    }
}

extension String {
    fileprivate var isJSONContentType: Bool {
        if isEqualIgnoringCase("application/json") { return true }
        let type = prefix { $0 != ";" }
        return String(type).trimmingBlanks.isEqualIgnoringCase("application/json")
    }

    private var trimmingBlanks: String {
        guard utf8.first == UInt8(ascii: " ") || utf8.last == UInt8(ascii: " ") else { return self }
        return String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
