// SPDX-License-Identifier: Apache-2.0
import Credentials
import NIOCore
import Providers
import Rotation

extension Exchange {
    mutating func receiveBody(_ buffer: ByteBuffer, at now: NIODeadline) {
        if body.isComplete { return }
        if body.byteCount + buffer.readableBytes > limits.maximumBodyBytes { return failBodyTooLarge() }
        do throws(RequestFault) { try body.append(buffer) } catch { return fail(Fault(error)) }
        switch phase {
        case .collecting: if body.byteCount >= limits.streamedUploadBytes, body.model != nil { route() }
        case .open, .relaying: pump(at: now)
        default: break
        }
    }

    mutating func receiveBodyEnd(at now: NIODeadline) {
        if body.isComplete { return }
        do throws(RequestFault) { try body.complete() } catch { return fail(Fault(error)) }
        switch phase {
        case .collecting: route()
        case .open, .relaying: pump(at: now)
        default: break
        }
    }

    private mutating func route() {
        // A name of blanks is none: the provider would be asked in vain.
        guard let model = body.model, model.value.contains(where: { $0 != " " }) else {
            return fail(
                Fault(
                    .modelMissing,
                    "The request names no model. Add a top-level \"model\" to its JSON, "
                        + "such as \"anthropic/claude-sonnet-4-5\"."))
        }
        phase = .asking(.route)
        push(.route(model: model.value))
    }

    mutating func begin(with targets: [Target], at now: NIODeadline) {
        guard !targets.isEmpty else {
            return fail(Fault(.modelNotFound, "No provider serves this model. See what there is: GET /v1/models"))
        }
        self.targets = targets
        routedAt = now
        choose(at: 0)
    }

    /// From now on for that target, for which nobody was tried yet.
    mutating func choose(at index: Int) {
        targetIndex = index
        tried.removeAll()
        choose()
    }

    mutating func choose() {
        phase = .asking(.candidate)
        push(.choose(target: targetIndex, tried: tried))
    }

    mutating func connect(as profile: ProfileID, at now: NIODeadline) {
        guard let target else { return }
        attempts += 1
        attempt = Attempt(profile: profile, replacement: body.replacement(forModel: target.model), at: now)
        phase = .connecting(since: now)
        push(.connect(fresh: false))
    }

    mutating func send(reused: Bool, at now: NIODeadline) {
        guard attempt != nil else { return }
        attempt?.isReused = reused
        attempt?.isConnected = true
        attempt?.openedAt = now
        attempt?.lastProgress = now
        phase = .open
        let bytes = body.isComplete ? body.byteCount : declaredBytes
        push(.sendHead(contentLength: bytes.map { RequestBody.length(ofOriginal: $0, with: attempt?.replacement) }))
        pump(at: now)
    }

    /// The connection takes more.
    mutating func refill(at now: NIODeadline) {
        attempt?.budgetBytes = Attempt.budget
        pump(at: now)
    }

    /// Hands over what has arrived, as far as the connection's budget goes: an upstream that does not read must not
    /// make us keep the upload twice.
    private mutating func pump(at now: NIODeadline) {
        guard let attempt, attempt.isConnected, !attempt.requestSent else { return }
        while attempt.budgetBytes > 0, let piece = body.nextPiece(&attempt.cursor, with: attempt.replacement) {
            attempt.budgetBytes -= piece.readableBytes
            attempt.lastProgress = now
            push(.sendBody(piece))
        }
        if body.isComplete, attempt.cursor.consumedBytes == body.byteCount {
            attempt.requestSent = true
            attempt.openedAt = now
            push(.sendEnd)
            if isCommitted { body.discard() }
        }
    }

    mutating func failBodyTooLarge() {
        fail(
            Fault(
                .bodyTooLarge,
                "The request body is larger than \(limits.maximumBodyBytes) bytes. "
                    + "Send less, or raise gateway.limits.maxBodyBytes in the gateway's configuration."))
    }
}
