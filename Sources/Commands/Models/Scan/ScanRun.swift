// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import FoundationEssentials
import Providers
import Rotation
import Synchronization

/// Reads OpenRouter's open list, and tries its free models with a credential of ours.
struct ScanRun {
    let provider: Provider
    let caFile: String?
    let timeout: Duration
    let context: CommandContext

    /// - Throws: ``ScanError`` when the list could not be had.
    func catalog() throws -> [CatalogModel] {
        guard let base = provider.place?.path else { throw ScanError.noList("its base URL is none") }
        var question = ProviderQuestion(path: base + "/models")
        question.maximumBytes = 16 << 20
        // Without any credential: the list is open to everybody.
        switch try ask(question, secret: nil) {
        case .none(let reason): throw ScanError.noList(reason.words(at: place))
        case .answer(let answer):
            guard answer.status == 200, !answer.isCut, let list = CatalogModel.list(answer.body) else {
                throw ScanError.noList("\(place) answered with status \(answer.status) and no list of models")
            }
            return list
        }
    }

    private var place: String { provider.place?.authority ?? provider.id.text }

    private func ask(_ question: ProviderQuestion, secret: Secret?) throws -> ProviderReply {
        let reply = Mutex(ProviderReply.none(.closed))
        try Turns.run(1, atOnce: 1) { _, done in
            context.ask.call(question, .init(provider: provider, secret: secret, caFile: caFile), timeout) { found in
                reply.withLock { $0 = found }
                done()
            }
        }
        return reply.withLock { $0 }
    }

    // MARK: Tries

    private struct Attempt: Sendable {
        /// Of the model.
        var index: Int
        var isAboutImages: Bool
        var question: ProviderQuestion
    }

    /// - Parameter progress: called with the number of questions that are answered, and of all.
    /// - Throws: ``ScanError`` when the provider does not take the credential.
    func tries(
        of models: [CatalogModel], secret: Secret, atOnce: Int, progress: @escaping @Sendable (Int, Int) -> Void
    ) throws -> [ScanResult] {
        let attempts = attempts(models)
        let found = Mutex<[Int: ScanTry]>([:])
        let rejection = Mutex<String?>(nil)
        try Turns.run(attempts.count, atOnce: atOnce) { number, done in
            // The credential will be taken no better the next time.
            if rejection.withLock({ $0 != nil }) { return done() }
            make(attempts[number], models, secret) { result, rejected in
                if let rejected { rejection.withLock { $0 = rejected } }
                let count = found.withLock { found in
                    found[number] = result
                    return found.count
                }
                progress(count, attempts.count)
                done()
            }
        }
        if let detail = rejection.withLock({ $0 }) { throw ScanError.rejected(detail) }
        return results(models, attempts, found.withLock { $0 })
    }

    private func attempts(_ models: [CatalogModel]) -> [Attempt] {
        let base = provider.place?.path ?? ""
        return models.indices.flatMap { index in
            var attempts: [Attempt] = []
            if models[index].takesTools != false {
                let question = ScanQuestion.tool(models[index], at: base)
                attempts.append(Attempt(index: index, isAboutImages: false, question: question))
            }
            if models[index].seesImages {
                let question = ScanQuestion.image(models[index], at: base)
                attempts.append(Attempt(index: index, isAboutImages: true, question: question))
            }
            return attempts
        }
    }

    /// - Parameter done: is given what the provider says when it does not take the credential.
    private func make(
        _ attempt: Attempt, _ models: [CatalogModel], _ secret: Secret,
        done: @escaping @Sendable (ScanTry, _ rejected: String?) -> Void
    ) {
        let recipient = ProviderAsk.Recipient(provider: provider, secret: secret, caFile: caFile)
        let probe = ProviderProbe(provider, asking: attempt.question, model: models[attempt.index].id)
        let began = ContinuousClock.now
        context.ask.call(attempt.question, recipient, timeout) { reply in
            let took = ContinuousClock.now - began
            let verdict = probe.verdict(on: reply, secret: secret, now: context.now())
            guard verdict.finding == .ok, case .answer(let answer) = reply else {
                return done(.fails(verdict.detail), verdict.finding == .rejected ? verdict.detail : nil)
            }
            let isGood = attempt.isAboutImages || ScanQuestion.callsTool(answer)
            done(isGood ? .works(milliseconds: took.wholeMilliseconds) : .fails("it did not call the tool"), nil)
        }
    }

    private func results(_ models: [CatalogModel], _ attempts: [Attempt], _ found: [Int: ScanTry]) -> [ScanResult] {
        var results = models.map {
            ScanResult(model: $0, tool: .skipped("it takes no tools"), image: .skipped("it takes no images"))
        }
        for (number, attempt) in attempts.enumerated() {
            guard let result = found[number] else { continue }
            if attempt.isAboutImages {
                results[attempt.index].image = result
            } else {
                results[attempt.index].tool = result
            }
        }
        return results.sorted(by: <)
    }
}

/// Why nothing was written.
enum ScanError: ActionableError, Equatable {
    case noList(String)
    case noCredential
    case rejected(String)
    /// - `toolless`: models that were not asked, because the list says that they take no tools.
    case nothingFound(asked: Int, toolless: Int)
    case needsYes
    case nothingChosen

    var exitCode: ExitStatus {
        switch self {
        case .noList, .noCredential, .nothingFound: .unavailable
        case .rejected: .noPermission
        case .needsYes, .nothingChosen: .usage
        }
    }

    var advice: Advice {
        switch self {
        case .noList(let why):
            Advice(
                what: "OpenRouter's list of models could not be had. Nothing was changed.", why: "\(why).",
                fix:
                    "Look at the network and at models.providers.openrouter in the configuration, then repeat the command."
            )
        case .noCredential:
            Advice(
                what: "Nothing was tried, and nothing was changed.",
                why: "There is no usable credential for openrouter.",
                fix: "Run: agenticflow-enterprise models auth paste-api-key --provider openrouter")
        case .rejected(let detail):
            Advice(
                what: "OpenRouter does not take the credential. Nothing was changed.", why: detail,
                fix: "Run: agenticflow-enterprise models auth paste-api-key --provider openrouter")
        case .nothingFound(let asked, let toolless):
            Advice(
                what: asked == 0
                    ? "No free model takes tools. Nothing was changed."
                    : "No free model called the tool. Nothing was changed.",
                why: [(asked, "asked"), (toolless, "not asked, because the list says that no tools are taken")]
                    .filter { $0.0 > 0 }.map { "\($0) \($0 == 1 ? "model was" : "models were") \($1)" }
                    .joined(separator: "; ") + ".",
                fix:
                    "Loosen --provider, --min-params or --max-age-days, or raise --timeout; see what each said with --json."
            )
        case .needsYes:
            Advice(
                what: "Nothing was changed.",
                why: "The command would change the configuration, and there is no terminal to ask on.",
                fix: "Run: agenticflow-enterprise models scan --yes, or to list only: "
                    + "agenticflow-enterprise models scan --no-probe")
        case .nothingChosen:
            Advice(
                what: "Nothing was changed.", why: "No model was chosen.",
                fix: "Repeat the command, and answer with numbers from the list.")
        }
    }
}
