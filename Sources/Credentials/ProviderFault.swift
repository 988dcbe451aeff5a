// SPDX-License-Identifier: Apache-2.0

/// Why a provider cannot be asked, whatever credentials there are: what is configured for it, or this machine's list of
/// certificate authorities, is of no use.
package struct ProviderFault: Hashable, Sendable {
    /// For people on this machine: a path may be in it.
    package var advice: Advice
    /// For clients, to whom no path of this machine is told: whole sentences.
    package var told: String
    /// What to do, for clients: without a full stop.
    package var remedy: String

    /// - Parameter advice: may be told to clients as it is.
    package init(_ advice: Advice) {
        self.init(advice, told: "\(advice.what) \(advice.why)", remedy: advice.fix)
    }

    package init(_ advice: Advice, told: String, remedy: String) {
        self.advice = advice
        self.told = told
        self.remedy = remedy
    }
}

extension Advice {
    /// In one line, as the log and lists of problems have it. What is to be typed has nothing behind it.
    package var sentences: String { "\(what) \(why) \(fix)" }
}
