// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// How the lists of models are printed.
struct ListOutput: ParsableArguments {
    @Flag(help: "Print JSON.")
    var json = false
    @Flag(help: "Print one entry on each line, without words around it.")
    var plain = false

    func check() throws(ModelChoiceError) {
        if json, plain { throw .jsonAndPlain }
    }
}
