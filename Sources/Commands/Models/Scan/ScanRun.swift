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
        case .none(let reason): throw ScanError.noList(ProbeVerdict.sentence(reason, place: place))
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
        let recipient = ProviderAsk.Recipient(provider: provider, secret: secret, caFile: caFile)
        try Blocking.wait {
            let found = await context.ask.call(question, recipient, timeout)
            reply.withLock { $0 = found }
        }
        return reply.withLock { $0 }
    }

    // MARK: Tries

    /// - Parameter progress: called with the number of models that have been tried.
    /// - Throws: ``ScanError`` when the provider does not take the credential.
    func tries(
        of models: [CatalogModel], secret: Secret, atOnce: Int, progress: @escaping @Sendable (Int) -> Void
    ) throws -> [ScanResult] {
        let found = Mutex<[Int: ScanResult]>([:])
        let rejection = Mutex<String?>(nil)
        try Blocking.wait {
            await ProbeRun.each(models.indices, atOnce: atOnce) { index in
                // The credential will be taken no better by the next.
                if rejection.withLock({ $0 != nil }) { return }
                let result = await result(models[index], secret) { detail in rejection.withLock { $0 = detail } }
                let count = found.withLock { found in
                    found[index] = result
                    return found.count
                }
                progress(count)
            }
        }
        if let detail = rejection.withLock({ $0 }) { throw ScanError.rejected(detail) }
        return found.withLock { found in models.indices.compactMap { found[$0] } }.sorted(by: <)
    }

    private func result(
        _ model: CatalogModel, _ secret: Secret, _ rejected: @Sendable (String) -> Void
    ) async -> ScanResult {
        let base = provider.place?.path ?? ""
        let tool: ScanTry =
            model.takesTools == false
            ? .skipped("it takes no tools")
            : await attempt(ScanQuestion.tool(model, at: base), model, secret, rejected) { answer in
                ScanQuestion.callsTool(answer) ? nil : "it did not call the tool"
            }
        let image: ScanTry =
            !model.seesImages
            ? .skipped("it takes no images")
            : await attempt(ScanQuestion.image(model, at: base), model, secret, rejected) { _ in nil }
        return ScanResult(model: model, tool: tool, image: image)
    }

    private func attempt(
        _ question: ProviderQuestion, _ model: CatalogModel, _ secret: Secret, _ rejected: @Sendable (String) -> Void,
        complaint: (ProviderAnswer) -> String?
    ) async -> ScanTry {
        let began = ContinuousClock.now
        let recipient = ProviderAsk.Recipient(provider: provider, secret: secret, caFile: caFile)
        let reply = await context.ask.call(question, recipient, timeout)
        let took = ContinuousClock.now - began
        let verdict = ProviderProbe(provider, asking: question, model: model.id)
            .verdict(on: reply, secret: secret, now: context.now())
        if verdict.finding == .rejected { rejected(verdict.detail) }
        guard verdict.finding == .ok, case .answer(let answer) = reply else { return .fails(verdict.detail) }
        return complaint(answer).map { .fails($0) } ?? .works(milliseconds: took.wholeMilliseconds)
    }
}

/// Why nothing was written.
enum ScanError: ActionableError, Equatable {
    case noList(String)
    case rejected(String)
    case nothingFound(tried: Int)
    case needsYes
    case nothingChosen

    var exitCode: ExitStatus {
        switch self {
        case .noList, .nothingFound: .unavailable
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
        case .rejected(let detail):
            Advice(
                what: "OpenRouter does not take the credential. Nothing was changed.", why: detail,
                fix: "Run: agenticflow-enterprise models auth paste-api-key --provider openrouter")
        case .nothingFound(let tried):
            Advice(
                what: "No free model called the tool. Nothing was changed.",
                why: "\(tried) \(tried == 1 ? "model was" : "models were") tried.",
                fix:
                    "Loosen --provider, --min-params or --max-age-days, or raise --timeout; see what each said with --json."
            )
        case .needsYes:
            Advice(
                what: "Nothing was changed.",
                why: "The command would change the configuration, and there is no terminal to ask on.",
                fix: "Say --yes to take its choice, or --no-probe to list only.")
        case .nothingChosen:
            Advice(
                what: "Nothing was changed.", why: "No model was chosen.",
                fix: "Repeat the command, and answer with numbers from the list.")
        }
    }
}
