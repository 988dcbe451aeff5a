// SPDX-License-Identifier: Apache-2.0
package import CredentialLifecycle
import Credentials
import Documents
package import FoundationEssentials
import Providers
import SafeFiles
import Settings

extension CommandContext {
    /// What a gateway that runs does with something that has just been written.
    ///
    /// - Parameter isReadAtStart: it takes up everything by itself but what it reads at its start.
    func tellGateway(_ reading: InstanceReading, isReadAtStart: Bool = false) {
        let gateway = RunningGateway(reading)
        switch gateway.presence {
        case .stopped: return
        case .running: break
        case .hidden(let hidden):
            terminal.notice("\(hidden.advice.what) \(hidden.advice.why) One that runs takes it up by itself.")
            return
        }
        // The next one reads it at its start.
        if gateway.isStopping { return }
        let place = gateway.place
        if isReadAtStart, listensThere() {
            return terminal.notice("The running gateway listens there already: nothing is to be restarted.")
        }
        if isReadAtStart {
            return terminal.notice(
                "It is read at start: restart the running gateway for it to take effect. Until then it listens on "
                    + "\(place.host.contains(":") ? "[\(place.host)]" : place.host):\(place.port).")
        }
        // Nobody is asked, so whether it is as quick as usual is not known.
        terminal.notice(
            gateway.unhelpful("").goOn.map { "The gateway is paused, and takes it up when it goes on: \($0)" }
                ?? "The running gateway takes it up by itself.")
    }

    /// The gateway was started with the place that the files name by now.
    private func listensThere() -> Bool {
        // Whoever has just written knows where the state is.
        guard var reader = try? reader() else { return false }
        let gateway = RunningGateway(reader.read())
        return gateway.announced?["configuredPort"] != nil && gateway.pendingPlace == nil
    }
}

/// The gateway of this instance, as far as another process can tell.
///
/// It holds a lock in the state directory for as long as it runs, so nothing is ever asked, and no token ever shown,
/// when it does not: whoever else listens on the port hears nothing from us.
package struct RunningGateway: Sendable {
    package static let lockName = "gateway.lock"
    /// Where it listens, written once it does: a port given on its command line is found too.
    static let placeName = "gateway.json"

    package enum Reply: Sendable {
        /// No gateway runs on this state directory.
        case notRunning
        /// Not to be seen from here.
        case hidden(HiddenGateway)
        /// Told to stop: it accepts nothing new, and lets open requests finish until then.
        case stopping(pid: Int64?, until: Date)
        /// One runs, and did not answer: dead-locked, still starting, or behind another port.
        case silent(String)
        case answered(status: Int, body: String)
    }

    private let reading: InstanceReading

    package init(_ reading: InstanceReading) { self.reading = reading }

    enum Presence: Equatable {
        case stopped, running
        case hidden(HiddenGateway)
    }

    /// By its lock: one that may not be looked at says nothing, neither that a gateway runs nor that none does.
    var presence: Presence {
        do throws(StoreError) {
            guard let folder = try SafeDirectory(existing: reading.layout.state) else { return .stopped }
            return try folder.isLocked(Self.lockName) ? .running : .stopped
        } catch { return .hidden(HiddenGateway(error, isRunning: false, state: reading.layout.state)) }
    }

    package var isRunning: Bool { presence == .running }

    /// Asks for `path`, such as `/api/v1/status`, with the token that the running gateway has noted for commands, else
    /// with the clients' token as this process finds it.
    package func get(_ path: String) -> Reply { ask(path, body: nil) }

    /// Has it do something, such as `/api/v1/credentials/clear`, with the gateway's own token.
    package func post(_ path: String, _ body: String) -> Reply { ask(path, body: body) }

    private func ask(_ path: String, body: String?) -> Reply {
        switch presence {
        case .stopped: return .notRunning
        case .hidden(let hidden): return .hidden(hidden)
        case .running: break
        }
        let announced: Element?
        do throws(StoreError) { announced = try announcement() } catch {
            return .hidden(HiddenGateway(error, isRunning: true, state: reading.layout.state))
        }
        if let until = announced?["stoppingUntil"]?.integer {
            return .stopping(pid: pid, until: Date(milliseconds: until))
        }
        let place = self.place
        var request = LoopbackRequest(host: place.host, port: place.port, path: path)
        request.token = announced?["commandToken"]?.string.map { Secret($0) } ?? reading.clientToken
        request.body = body
        do throws(LoopbackRequest.Failure) {
            let answer = try request.send()
            return .answered(status: answer.status, body: answer.body)
        } catch { return .silent("\(place.host):\(place.port) \(error.sentence)") }
    }

    /// As the gateway wrote it, else as the configuration says.
    package var place: (host: String, port: Int) {
        let settings = reading.settings.gateway
        let fallback = (host: Self.reachable(settings.bind), port: settings.port)
        guard let root = announced, let port = root["port"]?.integer, let host = root["host"]?.string,
            (1...65_535).contains(port)
        else { return fallback }
        return (Self.reachable(host), Int(port))
    }

    /// The process that holds the lock now; nil when it is not to be seen that it does.
    var pid: Int64? {
        guard let pid = announced?["pid"]?.integer,
            LockHolder.holds(pid, lock: "\(reading.layout.state)/\(Self.lockName)"), isRunning
        else { return nil }
        return pid
    }

    /// Where the configuration would have it listen by now, when it read something else at its start.
    var pendingPlace: (host: String, port: Int)? {
        // What cannot be read names no place, and a restart would be refused for it.
        guard isRunning, let announced, announced["port"] != nil, reading.configurationAdvice == nil else { return nil }
        let wanted = reading.settings.gateway
        let host = announced["configuredHost"]?.string ?? wanted.bind
        let port = announced["configuredPort"]?.integer.map(Int.init) ?? wanted.port
        return host == wanted.bind && port == wanted.port ? nil : (wanted.bind, wanted.port)
    }

    /// For whoever had no use of its answer: why, without a full stop.
    func unhelpful(_ silence: String) -> UnhelpfulGateway { UnhelpfulGateway(reading, silence) }

    var isStopping: Bool { announced?["stoppingUntil"] != nil }

    // Whoever asks is told why it cannot be read.
    fileprivate var announced: Element? { try? announcement() }

    private func announcement() throws(StoreError) -> Element? {
        // What is longer, or no JSON, is not from a gateway of ours.
        do throws(StoreError) {
            guard let folder = try SafeDirectory(existing: reading.layout.state),
                let bytes = try folder.read(Self.placeName, limitInBytes: 4096)
            else { return nil }
            return try? Document(bytes, as: .json).root
        } catch {
            if case .tooLong = error { return nil }
            throw error
        }
    }

    /// A gateway that listens everywhere is asked through loopback.
    private static func reachable(_ host: String) -> String {
        host == "0.0.0.0" ? "127.0.0.1" : host == "::" ? "::1" : host
    }
}
