// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import ProfileStorage
import Providers
import Credentials
import Rotation
import Settings

extension Survey {
    /// The stored profile of a row.
    func profile(_ row: CredentialRow) -> Profile? {
        guard case .profile(let owner) = row.source else { return nil }
        return reading[owner]?.stored.book.profiles[row.id]
    }

    /// The program behind it was asked just now and gave nothing; the gateway may still have what it was told before.
    func isProgramSilent(_ id: ProfileID) -> Bool {
        reading.problems.contains { problem in
            guard let reference = problem.reference, reference.source == .exec else { return false }
            return problem.text.hasPrefix("\(id) refers to \(reference). ")
        }
    }

    /// Some agent takes it without being told to.
    func isUsed(_ row: CredentialRow) -> Bool {
        overviews.contains { overview in
            overview.rows(of: row.provider).contains {
                $0.id == row.id && $0.source == row.source && $0.state != .excluded
            }
        }
    }

    /// What a gateway would find in variables is known: one that runs has said what it has, or none runs and there is
    /// nothing that it alone would read.
    var knowsEveryKey: Bool {
        switch view.origin {
        case .gateway: true
        case .files(.notRunning):
            reading.hidesVariables == nil && (!settings.env.shell.isEnabled || reading.shell.asked != nil)
        default: false
        }
    }

    /// The variable for the key of a provider.
    func keyVariable(of id: ProviderID) -> String {
        reading.providers[id]?.keyVariable
            ?? String(id.text.uppercased().map { $0.isLetter || $0.isNumber ? $0 : "_" }) + "_API_KEY"
    }
}
