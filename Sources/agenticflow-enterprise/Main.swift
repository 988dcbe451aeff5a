// SPDX-License-Identifier: Apache-2.0
import Commands

@main struct Main {
    static func main() { Program.main() }
}
