// SPDX-License-Identifier: Apache-2.0
package import Documents
package import SafeFiles

/// A configuration with what it includes, and how it came about.
package struct ResolvedSettings: Sendable {
    /// Nil when there is no file, or when it, or what it includes, could not be read.
    package var document: Document?
    /// The configuration as it was written; nil when there is no file or it could not be read.
    package var authored: Document?
    package var origins = SettingsOrigins()
    /// The included files, each as it was just before it was read; those that were missed as well.
    package var files: [String: Fingerprint?] = [:]
    /// Those that were read, as they were written, by the paths that ``origins`` has.
    package var included: [String: Document] = [:]
    package var notices: [StorageNotice] = []
    package var failure: SettingsFileError?
}
