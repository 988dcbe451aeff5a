// SPDX-License-Identifier: Apache-2.0
import Credentials
import Settings
import Synchronization
import TestKit
import Testing

@testable import CredentialLifecycle
@testable import Gateway

/// Needs what programs hold, and tells which of them have answered.
private final class User: SecretUser {
    private let asked: Mutex<[SecretQuestion]>
    let answers: AsyncStream<SecretAnswers>
    private let continuation: AsyncStream<SecretAnswers>.Continuation

    init(_ questions: [SecretQuestion]) {
        asked = Mutex(questions)
        (answers, continuation) = AsyncStream.makeStream()
    }

    var questions: [SecretQuestion] { asked.withLock { $0 } }
    func add(_ question: SecretQuestion) { asked.withLock { $0.append(question) } }
    func refusedPrograms() -> Set<String> { [] }
    func adopt(_ answers: SecretAnswers, to question: SecretQuestion) { continuation.yield(answers) }
}

@Suite struct ReferenceServiceTests {
    private let scratch = ScratchFolder()

    private func question(_ name: String, _ body: String) -> SecretQuestion {
        scratch.write("#!/bin/sh\n\(body)\n", to: name, mode: 0o700)
        let program = SecretProgramSettings(
            command: scratch.path(name), arguments: [], passedVariables: [], timeout: .seconds(20))
        return SecretQuestion(provider: name, ids: ["a"], program: program, fingerprint: nil, process: [:])
    }

    private func answering(_ name: String) -> SecretQuestion {
        question(name, #"echo '{"protocolVersion":1,"values":{"a":"gsk-\#(name)-1234"}}'"#)
    }

    @Test func `a program that hangs holds up no other, and not the end`() async throws {
        let user = User([question("hanging", "sleep 60"), answering("first")])
        let service = ReferenceService(user: user)
        let running = Task { await service.run() }
        var answers = user.answers.makeAsyncIterator()
        #expect(await answers.next()?.secrets == [SecretReference("exec:first:a")!: Secret("gsk-first-1234")])
        // Nor one that becomes due while it hangs.
        user.add(answering("second"))
        #expect(await answers.next()?.secrets == [SecretReference("exec:second:a")!: Secret("gsk-second-1234")])
        let began = ContinuousClock.now
        running.cancel()
        await running.value
        #expect(ContinuousClock.now - began < .seconds(10))
    }
}
