// SPDX-License-Identifier: Apache-2.0
import ProviderSimulator

@main struct Main {
    static func main() async { await SimulatorProgram.main() }
}
