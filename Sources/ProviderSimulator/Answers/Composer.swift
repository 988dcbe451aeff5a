// SPDX-License-Identifier: Apache-2.0
import NIOCore

/// Composes the script of a call from what was decided for it: the same call, ruling and time give the same bytes.
struct Composer {
    let call: ModelCall
    let ruling: Ruling
    let now: Timestamp

    private var fault: Fault { ruling.fault }
    private var parameters: FaultParameters { ruling.parameters }

    func script() -> Script {
        var script = Script()
        script.pause(.milliseconds(Int64(parameters.delayMilliseconds ?? 0)))
        switch fault {
        case .empty: script.end(.close, .broken)
        case .stall, .noRead: script.end(.hold, .broken)
        case .garbageHead:
            script.write("\u{16}\u{3}\u{1}\u{2} this is no HTTP at all\r\n\r\n")
            script.end(.close, .broken)
        case .redirect: redirect(&script)
        case .htmlGateway: htmlGateway(&script)
        default:
            if let refusal = refusal ?? call.problem {
                refuse(refusal, &script)
            } else {
                AnswerComposer(call: call, ruling: ruling, now: now, head: goodHead).compose(&script)
            }
        }
        return script
    }

    /// The error that the fault is; some are only inside a stream, or later.
    private var refusal: Refusal? {
        switch fault {
        case .expiring where parameters.calls != 0: nil
        case .inBandOverloaded where call.isStream, .inBandLate where call.isStream: nil
        default: Refusal.of(fault, call.dialect, parameters, call.caller)
        }
    }

    private func refuse(_ refusal: Refusal, _ script: inout Script) {
        var head = identifiedHead(refusal.status)
        head.add("content-type", "application/json")
        if call.dialect == .anthropic, refusal.status >= 429 { head.add("x-should-retry", "true") }
        head.add(hints)
        head.add(extraFields)
        let body = ByteBuffer(string: Content.text(refusal.body(call.dialect, requestID: call.requestID), call.dialect))
        script.status = refusal.status
        script.write(head.bytes(.length(body.readableBytes), closes: !call.takesChunks))
        script.write(body)
        script.end(call.takesChunks ? .keepAlive : .close, .refused)
    }

    /// When to come back, in the fields that the fault is about.
    private var hints: [AnswerHead.Field] {
        let seconds = parameters.seconds ?? fault.number?.fallback ?? 30
        let later = Timestamp(seconds: now.adding(seconds).seconds.rounded(.up))
        let limits = LimitFields.spent(call.dialect, now: now, seconds: seconds)
        switch fault {
        case .rateLimitAfter: return [AnswerHead.Field(name: "retry-after", value: String(seconds))] + limits
        case .rateLimitDate: return [AnswerHead.Field(name: "retry-after", value: later.httpDate)]
        case .rateLimitReset: return limits
        default: return []
        }
    }

    // MARK: Heads

    private func identifiedHead(_ status: Int) -> AnswerHead {
        var head = AnswerHead(status)
        head.add("date", now.httpDate)
        switch call.dialect {
        case .anthropic:
            head.add("request-id", call.requestID)
            head.add("anthropic-organization-id", "00000000-0000-4000-8000-000000000001")
        case .openai:
            head.add("x-request-id", call.requestID)
            head.add("openai-organization", "org-sim")
            head.add("openai-processing-ms", "7")
            head.add("openai-version", "2020-10-01")
        }
        return head
    }

    private var goodHead: AnswerHead {
        var head = identifiedHead(200)
        head.add(LimitFields.roomy(call.dialect, now: now))
        if fault == .setCookie {
            head.add("set-cookie", "__cf_bm=simulated; path=/; HttpOnly; Secure")
            head.add("set-cookie", "session=simulated")
            head.add("www-authenticate", "Bearer realm=\"simulated\"")
            head.add("anthropic-organization-id", "00000000-0000-4000-8000-00000000c00c")
            head.add("openai-project", "proj_simulated")
        }
        head.add(extraFields)
        return head
    }

    private var extraFields: [AnswerHead.Field] {
        parameters.headers.sorted { $0.key < $1.key }.map { AnswerHead.Field(name: $0.key, value: $0.value) }
    }

    // MARK: Answers that are no provider's

    private func redirect(_ script: inout Script) {
        var head = identifiedHead(302)
        head.add("location", parameters.location ?? Contraband.redirectPrefix + call.endpoint.path)
        head.add(extraFields)
        script.status = 302
        script.write(head.bytes(.length(0), closes: !call.takesChunks))
        script.end(call.takesChunks ? .keepAlive : .close, .refused)
    }

    private func htmlGateway(_ script: inout Script) {
        let page = """
            <html>\r
            <head><title>502 Bad Gateway</title></head>\r
            <body>\r
            <center><h1>502 Bad Gateway</h1></center>\r
            <hr><center>cloudflare</center>\r
            </body>\r
            </html>\r

            """
        var head = AnswerHead(502)
        head.add("date", now.httpDate)
        head.add("content-type", "text/html")
        head.add(extraFields)
        script.status = 502
        script.write(head.bytes(.length(page.utf8.count), closes: !call.takesChunks))
        script.write(page)
        script.end(call.takesChunks ? .keepAlive : .close, .refused)
    }
}
