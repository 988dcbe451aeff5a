// SPDX-License-Identifier: Apache-2.0

/// Everything that the doctor can find. The raw values are stable: scripts name them, and `docs/gateway/doctor.md`
/// lists each with its severity.
enum CheckID: String, CaseIterable, Sendable {
    // Configuration
    case configUnreadable = "config-unreadable"
    case configUnsafe = "config-unsafe"
    case configTooBig = "config-too-big"
    case configNewerVersion = "config-newer-version"
    case configInclude = "config-include"
    case configValueUnusable = "config-value-unusable"
    case configValueDoubtful = "config-value-doubtful"
    case configUnknownKey = "config-unknown-key"
    case configDuplicateKey = "config-duplicate-key"
    case configGatewayTokenMisplaced = "config-gateway-token-misplaced"
    case configVariableMissing = "config-variable-missing"
    case configSeveralDefaultAgents = "config-several-default-agents"
    case configSharedAgentDir = "config-shared-agent-dir"
    case configPlaintextKey = "config-plaintext-key"
    case configBindRefused = "config-bind-refused"
    case configPlainRemote = "config-plain-remote"
    case configProxyWithoutEffect = "config-proxy-without-effect"
    case authProfileNoteOrphan = "auth-profile-note-orphan"
    case authProfileNoteRenamed = "auth-profile-note-renamed"
    case authOrderOrphan = "auth-order-orphan"
    case authOrderEmptiesProvider = "auth-order-empties-provider"
    case authProfileNotNoted = "auth-profile-not-noted"
    // Environment
    case envFileUnreadable = "env-file-unreadable"
    case envFileLine = "env-file-line"
    case envFileRepeat = "env-file-repeat"
    case envShadowed = "env-shadowed"
    case envGatewayUnseen = "env-gateway-unseen"
    case envAnthropicBoth = "env-anthropic-both"
    case envWorkingDirectoryIgnored = "env-working-directory-ignored"
    case envProviderUnsupported = "env-provider-unsupported"
    case envWithoutEffect = "env-without-effect"
    // Credentials
    case noCredentials = "no-credentials"
    case nothingToSend = "nothing-to-send"
    case modelProviderUnknown = "model-provider-unknown"
    case modelDoubtful = "model-doubtful"
    case modelFallbackIdle = "model-fallback-idle"
    case providerWithoutCredential = "provider-without-credential"
    case credentialExpired = "credential-expired"
    case credentialExpiring = "credential-expiring"
    case credentialMissing = "credential-missing"
    case credentialAbandoned = "credential-abandoned"
    case credentialUnused = "credential-unused"
    case credentialCooling = "credential-cooling"
    case credentialDisabled = "credential-disabled"
    case credentialIneligible = "credential-ineligible"
    case credentialSetupToken = "credential-setup-token"
    case credentialReferenceUnresolved = "credential-reference-unresolved"
    case credentialProviderUnsupported = "credential-provider-unsupported"
    case credentialDuplicate = "credential-duplicate"
    case credentialSharedLogin = "credential-shared-login"
    // Stores
    case storeMalformed = "store-malformed"
    case storeNewerVersion = "store-newer-version"
    case storeUnsafe = "store-unsafe"
    case storeUnreadable = "store-unreadable"
    case storeEntryUnknown = "store-entry-unknown"
    case storeLeftover = "store-leftover"
    case journalUnreadable = "journal-unreadable"
    case journalNewerVersion = "journal-newer-version"
    case journalDamaged = "journal-damaged"
    case journalLarge = "journal-large"
    case backupUnreadable = "backup-unreadable"
    case legacyFlatStore = "legacy-flat-store"
    case legacyAuthFile = "legacy-auth-file"
    case legacyOAuthFile = "legacy-oauth-file"
    // Permissions
    case stateDirUnsafe = "state-dir-unsafe"
    case stateDirPermissions = "state-dir-permissions"
    case agentDirPermissions = "agent-dir-permissions"
    case filePermissions = "file-permissions"
    case stateNotWritable = "state-not-writable"
    case stateDiskFull = "state-disk-full"
    case stateInGit = "state-in-git"
    case stateTrackedByGit = "state-tracked-by-git"
    case stateInSyncedFolder = "state-in-synced-folder"
    case otherStateDir = "other-state-dir"
    // Gateway
    case gatewayNotRunning = "gateway-not-running"
    case gatewayHidden = "gateway-hidden"
    case gatewayHung = "gateway-hung"
    case gatewayRefusesToken = "gateway-refuses-token"
    case gatewayForeignAnswer = "gateway-foreign-answer"
    case gatewayVersionDiffers = "gateway-version-differs"
    case gatewayProblem = "gateway-problem"
    case trustUnreadable = "trust-unreadable"
    case gatewayClosed = "gateway-closed"
    case gatewayTokenMissing = "gateway-token-missing"
    case gatewayTokenElsewhere = "gateway-token-elsewhere"
    case gatewayRestartNeeded = "gateway-restart-needed"
    case gatewayPlaceStale = "gateway-place-stale"
    case portInUse = "port-in-use"
    case portNotAllowed = "port-not-allowed"
    case bindAddressUnavailable = "bind-address-unavailable"
    case clockSkew = "clock-skew"

    /// A part of the report.
    enum Group: String, CaseIterable, Sendable {
        case configuration = "Configuration"
        case environment = "Environment"
        case credentials = "Credentials"
        case stores = "Stores"
        case permissions = "Permissions"
        case gateway = "Gateway"
    }

    enum Severity: String, CaseIterable, Sendable, Comparable {
        case info, warning, error

        private var rank: Int { self == .info ? 0 : self == .warning ? 1 : 2 }
        static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }
    }

    var group: Group {
        switch self {
        case .configUnreadable, .configUnsafe, .configTooBig, .configNewerVersion, .configInclude,
            .configValueUnusable, .configValueDoubtful, .configUnknownKey, .configDuplicateKey,
            .configGatewayTokenMisplaced, .configVariableMissing, .configSeveralDefaultAgents, .configSharedAgentDir,
            .configPlaintextKey, .configBindRefused, .configPlainRemote, .configProxyWithoutEffect,
            .authProfileNoteOrphan, .authProfileNoteRenamed, .authOrderOrphan, .authOrderEmptiesProvider,
            .authProfileNotNoted:
            .configuration
        case .envFileUnreadable, .envFileLine, .envFileRepeat, .envShadowed, .envGatewayUnseen, .envAnthropicBoth,
            .envWorkingDirectoryIgnored, .envProviderUnsupported, .envWithoutEffect:
            .environment
        case .noCredentials, .nothingToSend, .modelProviderUnknown, .modelDoubtful, .modelFallbackIdle,
            .providerWithoutCredential,
            .credentialExpired,
            .credentialExpiring, .credentialMissing, .credentialAbandoned, .credentialUnused, .credentialCooling,
            .credentialDisabled, .credentialIneligible, .credentialSetupToken, .credentialReferenceUnresolved,
            .credentialProviderUnsupported, .credentialDuplicate, .credentialSharedLogin:
            .credentials
        case .storeMalformed, .storeNewerVersion, .storeUnsafe, .storeUnreadable, .storeEntryUnknown, .storeLeftover,
            .journalUnreadable, .journalNewerVersion, .journalDamaged, .journalLarge, .backupUnreadable,
            .legacyFlatStore,
            .legacyAuthFile, .legacyOAuthFile:
            .stores
        case .stateDirUnsafe, .stateDirPermissions, .agentDirPermissions, .filePermissions, .stateNotWritable,
            .stateDiskFull,
            .stateInGit, .stateTrackedByGit, .stateInSyncedFolder, .otherStateDir:
            .permissions
        case .gatewayNotRunning, .gatewayHidden, .gatewayHung, .gatewayRefusesToken, .gatewayForeignAnswer,
            .gatewayVersionDiffers,
            .gatewayProblem, .trustUnreadable, .gatewayClosed, .gatewayTokenMissing, .gatewayTokenElsewhere,
            .gatewayRestartNeeded, .gatewayPlaceStale,
            .portInUse, .portNotAllowed,
            .bindAddressUnavailable, .clockSkew:
            .gateway
        }
    }

    /// An error keeps something from working or a secret from being one; a warning will, or probably is not what was
    /// meant; an info is worth knowing.
    var severity: Severity {
        switch self {
        case .configUnreadable, .configUnsafe, .configTooBig, .configInclude, .configValueUnusable,
            .configSharedAgentDir, .configBindRefused, .authOrderEmptiesProvider, .envFileUnreadable, .noCredentials,
            .nothingToSend, .modelProviderUnknown, .credentialExpired, .credentialMissing, .credentialSharedLogin,
            .storeMalformed, .storeNewerVersion, .storeUnsafe, .storeUnreadable, .stateDirUnsafe, .stateNotWritable,
            .stateDiskFull,
            .stateTrackedByGit, .gatewayHung, .gatewayRefusesToken, .gatewayForeignAnswer, .portInUse, .portNotAllowed,
            .bindAddressUnavailable, .trustUnreadable, .gatewayClosed:
            .error
        case .gatewayNotRunning, .gatewayPlaceStale, .otherStateDir, .credentialCooling, .credentialAbandoned,
            .credentialUnused, .envProviderUnsupported:
            .info
        default: .warning
        }
    }

    /// For the list in the documentation: what was found.
    var meaning: String { Self.texts[self]?.meaning ?? "" }
    /// For the list in the documentation: what brings it in order.
    var remedy: String { Self.texts[self]?.remedy ?? "" }
}
