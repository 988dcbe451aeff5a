// SPDX-License-Identifier: Apache-2.0

extension CheckID {
    /// `meaning` and `remedy` of each, as the documentation lists them. Commands stand without the program's name.
    static let texts: [CheckID: (meaning: String, remedy: String)] = [
        .configUnreadable: ("The configuration is empty, cut short or no JSON5.", "`config validate` names the place"),
        .configUnsafe: ("The configuration is a link, a pipe or another user's file.", "put a file of your own there"),
        .configTooBig: ("The configuration has more than 16 MB.", "go back to a `.bak` copy"),
        .configNewerVersion: ("A newer version wrote the configuration.", "update this program"),
        .configInclude: ("An included file cannot be used.", "`config validate`"),
        .configValueUnusable: ("A value cannot be used; its default holds.", "`config set` or `config unset`"),
        .configValueDoubtful: ("A value is probably not what was meant.", "`config validate`"),
        .configUnknownKey: ("A key has no meaning.", "`config unset`, or correct its spelling"),
        .configDuplicateKey: (
            "A key stands there twice; the last one counts.", "`config validate`, then edit the file"
        ),
        .configGatewayTokenMisplaced: (
            "`gateway.token` has no effect.", "`doctor --fix` moves it to `gateway.auth.token`"
        ),
        .configVariableMissing: ("`${NAME}` refers to a variable that is not set.", "`env set`"),
        .configSeveralDefaultAgents: ("Several agents say `default: true`.", "leave it at one of them"),
        .configSharedAgentDir: ("Two agents share a directory.", "give each its own `agentDir`"),
        .configPlaintextKey: ("The configuration holds a key as it is.", "`env set`, and refer to it as `${NAME}`"),
        .configBindRefused: ("The gateway would not start on that address.", "`config set gateway.bind loopback`"),
        .configPlainRemote: ("Tokens cross the network unencrypted.", "`config set gateway.bind loopback`"),
        .configProxyWithoutEffect: ("`gateway.proxy` has no effect in this version.", "`config unset gateway.proxy`"),
        .authProfileNoteOrphan: ("`auth.profiles` notes a profile that no agent stores.", "`doctor --fix`"),
        .authProfileNoteRenamed: (
            "`auth.profiles` notes a login under another id than the store has.", "`doctor --fix` renames it"
        ),
        .authOrderOrphan: (
            "An order names a profile that does not exist.", "`doctor --fix`, or `models auth order set`"
        ),
        .authOrderEmptiesProvider: (
            "An order leaves out every credential of a provider that could be sent.",
            "`models auth order set`; where it names only what is gone, `config unset` or `models auth order clear`"
        ),
        .authProfileNotNoted: (
            "`auth.profiles` notes others of the provider: automatic order passes it over.",
            "`config set auth.profiles`"
        ),
        .envFileUnreadable: ("`.env` cannot be read.", "make it a file of your own"),
        .envFileLine: ("A line of `.env` cannot be read.", "`env set` writes it anew"),
        .envFileRepeat: (
            "Several lines of `.env` set one variable; the last one counts.", "`env set` leaves one of them"
        ),
        .envShadowed: ("A variable is set with another value further ahead.", "`env list` shows which one counts"),
        .envGatewayUnseen: (
            "The gateway has another value of a variable than this shell, or none.", "`env set`, or start it without"
        ),
        .envAnthropicBoth: ("`ANTHROPIC_OAUTH_TOKEN` and `ANTHROPIC_API_KEY` are both set.", "unset the former"),
        .envWorkingDirectoryIgnored: (
            "`.env` of this folder holds variables that are ignored.", "`env set`, or `export`"
        ),
        .envProviderUnsupported: ("A variable of a provider that is not relayed.", "configure the provider"),
        .envWithoutEffect: (
            "A variable that nothing reads: an address of a provider, or a misspelt name.",
            "`config set` its `baseUrl`, or `env set` the right name"
        ),
        .noCredentials: ("No credentials found.", "`models auth paste-api-key`"),
        .nothingToSend: (
            "Every request for an agent's default model and its fallbacks would be refused.",
            "`models auth paste-api-key`"
        ),
        .modelProviderUnknown: ("A configured model is of no known provider.", "`models set`"),
        .modelDoubtful: (
            "A model in use is in no list of its provider, or names one profile.", "`models set`"
        ),
        .modelFallbackIdle: (
            "A fallback is of another wire format than the model before it, so it never gets a request.",
            "`models fallbacks remove`"
        ),
        .providerWithoutCredential: ("A provider in use has no credential.", "`models auth paste-api-key`"),
        .credentialExpired: (
            "A token or login has expired.", "`models auth paste-token`; for a login a key, and `models auth logout`"
        ),
        .credentialExpiring: (
            "A token or login expires within a day.",
            "`models auth paste-token`; for a login a key, and `models auth logout`"
        ),
        .credentialMissing: ("An entry holds no secret, or no readable expiry.", "paste it again"),
        .credentialAbandoned: ("An expired profile that nothing refers to.", "`models auth clean`"),
        .credentialUnused: (
            "No order names a usable profile, and no session is pinned to it.", "`models auth order set`"
        ),
        .credentialCooling: ("A credential is put aside for a short time.", "`models auth clear-cooldown`"),
        .credentialDisabled: ("A credential is put aside: billing, or rejected.", "top up, or replace it"),
        .credentialIneligible: ("A credential is malformed, or not what `auth.profiles` says it is.", "paste it again"),
        .credentialSetupToken: ("A setup token; the gateway does not send those.", "`models auth paste-api-key`"),
        .credentialReferenceUnresolved: (
            "A reference to a secret gives nothing.", "`chmod 600`, `env set`, or what its cause needs"
        ),
        .credentialProviderUnsupported: ("A credential of a provider that is not relayed.", "configure the provider"),
        .credentialDuplicate: ("One secret is stored under two ids.", "`models auth logout` one of them"),
        .credentialSharedLogin: ("Two agents hold one refresh token.", "`models auth logout` one of them"),
        .storeMalformed: ("A store is empty, cut short or no JSON.", "repair it or restore a copy"),
        .storeNewerVersion: ("A newer version wrote a store.", "update this program"),
        .storeUnsafe: ("A store is a link, a pipe, shared or another user's.", "put a file of your own there"),
        .storeUnreadable: ("The system refuses to read a store.", "mend its permissions or the disk"),
        .storeEntryUnknown: ("An entry is kept and not used, or not written as it should be.", "`models auth list`"),
        .storeLeftover: ("A writer that died left a file behind.", "`doctor --fix` removes it"),
        .journalUnreadable: ("What is remembered of credentials cannot be read.", "move the journal away"),
        .journalNewerVersion: ("A newer version wrote lines of the journal; they are kept.", "update this program"),
        .journalDamaged: (
            "Several lines of the journal cannot be read.", "move the journal away while no gateway runs"
        ),
        .journalLarge: ("The journal has more than 16 MB.", "move the journal away while no gateway runs"),
        .backupUnreadable: ("The newest backup of `--fix` cannot be taken back.", "look into its folder"),
        .legacyFlatStore: ("A store has the old flat shape.", "`doctor --fix` converts it"),
        .legacyAuthFile: ("There is an old `auth.json`.", "`doctor --fix` imports it"),
        .legacyOAuthFile: ("There is an old `oauth.json`.", "`doctor --fix` imports it"),
        .stateDirUnsafe: ("The state directory is a link, no folder, or another user's.", "name another one"),
        .stateDirPermissions: ("Other users may look into the state directory.", "`doctor --fix`"),
        .agentDirPermissions: ("Other users may look into a folder of credentials.", "`doctor --fix`"),
        .filePermissions: ("Other users may read or change a file.", "`doctor --fix`"),
        .stateDiskFull: ("There is no room left on the disk.", "make room; `df` tells how full it is"),
        .stateNotWritable: ("Nothing can be written there.", "mend its permissions, or name another one"),
        .stateInGit: ("The state directory is inside a git work tree.", "move it, or ignore it"),
        .stateTrackedByGit: ("git tracks a file with secrets.", "`git rm --cached`, and replace the secrets"),
        .stateInSyncedFolder: ("A program copies the state directory to other machines.", "move it"),
        .otherStateDir: ("There is another state directory.", "`--profile` or `AGENTICFLOW_STATE_DIR` selects it"),
        .gatewayNotRunning: ("No gateway runs on this state directory.", "`gateway run`"),
        .gatewayHidden: (
            "Whether a gateway runs, or where, cannot be told by this account.", "run it as the owner"
        ),
        .gatewayHung: ("The gateway runs and does not answer.", "end it, then `gateway run`"),
        .gatewayRefusesToken: ("The gateway takes another client token.", "start it anew, or compare environments"),
        .gatewayForeignAnswer: ("What answers is not this gateway.", "end it, then `gateway run`"),
        .gatewayVersionDiffers: ("The gateway is of another version than this command.", "start it anew"),
        .trustUnreadable: (
            "The certificates that a provider is verified with cannot be read.", "correct the file; `config set`"
        ),
        .gatewayProblem: ("The gateway goes on without something.", "as its problem says"),
        .gatewayClosed: (
            "The running gateway has no client token, so it lets nobody in.",
            "`config set gateway.auth.token`, `env set`, or `doctor --generate-gateway-token`"
        ),
        .gatewayTokenMissing: ("Clients have no token to present.", "`doctor --generate-gateway-token`"),
        .gatewayTokenElsewhere: (
            "Only the gateway has the client token, or the login shell may.", "a login shell, or `env set`"
        ),
        .gatewayRestartNeeded: ("The configuration names another place than it listens on.", "start it anew"),
        .gatewayPlaceStale: ("The last gateway did not end in order.", "`gateway run`"),
        .portInUse: ("Another program listens on the gateway's port.", "`config set gateway.port`"),
        .portNotAllowed: ("The system does not allow the port.", "`config set gateway.port 18789`"),
        .bindAddressUnavailable: ("The machine does not have that address.", "`config set gateway.bind loopback`"),
        .clockSkew: ("The clock has gone backwards.", "set the clock"),
    ]
}
