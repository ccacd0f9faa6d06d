import CBoringPair
import Handfast

/// The events of one handshake, of both sides.
struct Trace {
  let client: [TLSEvent]
  let server: [TLSEvent]
  /// The ticket that the session came in, when it is resumed.
  let ticketByteCount: Int?
}

/// What a handshake asks of hash, MAC, cipher and generator at the least: what RFC 5246 and RFC 9846 have it derive, with messages,
/// records and tickets as long as those of a traced handshake. A key is set up once for all that is made with it, what two uses of
/// the transcript's hash have in common is asked for once, a ticket is one draw and one seal. What a program adds for itself is not
/// there, such as the hash by which it finds a chain that it remembers.
struct SymmetricCalls {
  private let client: [boring_call]
  private let server: [boring_call]

  init(_ trace: Trace, _ scenario: Scenario) {
    client = Self.calls(trace.client, scenario)
    server =
      Self.calls(trace.server, scenario)
      + (trace.ticketByteCount.map { [call(BORING_OPEN, $0 - ticketOverhead)] } ?? [])
  }

  func run(_ cost: inout Cost) throws {
    let isDone =
      boring_calls(client, client.count, &cost.client) == 1 && boring_calls(server, server.count, &cost.server) == 1
    guard isDone else { throw Failed(what: "a call of the floor's") }
  }

  private static func calls(_ events: [TLSEvent], _ scenario: Scenario) -> [boring_call] {
    let hello = [call(BORING_RANDOM, 32)]
    let said = events.flatMap { calls($0, scenario) }
    return hello + said + (scenario.version == .tls12 ? schedule12(scenario) : schedule13(scenario, events))
  }

  private static func calls(_ event: TLSEvent, _ scenario: Scenario) -> [boring_call] {
    switch event {
    case .sent(let message), .received(let message):
      let isInTranscript = scenario.version == .tls12 || message.type != .newSessionTicket
      return isInTranscript ? [call(BORING_HASH, message.bytes.count)] : []
    case .changedKeys: return [call(BORING_AEAD_KEY, 0)]
    case .sealedRecord(let record): return [call(BORING_SEAL, content(of: record, scenario))]
    case .openedRecord(let record): return [call(BORING_OPEN, content(of: record, scenario))]
    case .issuedTicket(let ticket):
      return [call(BORING_RANDOM, 12), call(BORING_SEAL, ticket.byteCount - ticketOverhead)]
    default: return []
    }
  }

  /// Bytes that the cipher works on: without tag and, in TLS 1.2, explicit nonce.
  private static func content(of record: RecordFact, _ scenario: Scenario) -> Int {
    record.ciphertextLength - (scenario.version == .tls12 ? 24 : 16)
  }

  // MARK: Key schedules

  /// RFC 5246 §5, §6.3, §7.4.9 and §8.1, RFC 7627 §4.
  private static func schedule12(_ scenario: Scenario) -> [boring_call] {
    let hashByteCount = 32
    func prf(label: Int, seed: Int, count: Int) -> [boring_call] {
      let blocks = (count + hashByteCount - 1) / hashByteCount
      let first = [call(BORING_MAC, label + seed)]
      let more = [call(BORING_MAC, hashByteCount)]
      let output = [call(BORING_MAC, hashByteCount + label + seed)]
      return first + (0..<blocks).flatMap { ($0 > 0 ? more : []) + output }
    }
    let digest = [call(BORING_DIGEST, 0)]
    let finished = prf(label: 15, seed: 32, count: 12)
    let keys = [call(BORING_MAC_KEY, 48)] + prf(label: 13, seed: 64, count: 40) + finished + digest + finished
    guard scenario.work == .full else { return digest + keys }
    // The session hash is what CertificateVerify covers as well, or without one the client's Finished.
    let digests = digest + (scenario.isMutual ? digest : [])
    return digests + [call(BORING_MAC_KEY, 32)] + prf(label: 22, seed: 32, count: 48) + keys
  }

  /// RFC 9846 §4.5 and §7.1. Without a PSK the early secret is a constant.
  private static func schedule13(_ scenario: Scenario, _ events: [TLSEvent]) -> [boring_call] {
    let key = [call(BORING_MAC_KEY, 32)]
    func labels(_ count: Int, context: Int) -> [boring_call] {
      // Length, label with its prefix, context with its length, counter.
      Array(repeating: call(BORING_MAC, 2 + 1 + 6 + 9 + 1 + context + 1), count: count)
    }
    let extract = key + [call(BORING_MAC, 32)]
    let finishedMAC = key + [call(BORING_MAC, 32)]
    let isResumed = scenario.work == .resumed
    // The binder's key and the next stage's salt are of the early secret, the MAC's key is of the binder's.
    let early = extract + key + labels(2, context: 32) + key + labels(1, context: 0) + finishedMAC
    // Two traffic secrets and the next salt; of each of the two a key, an IV and a Finished.
    let handshake = extract + key + labels(3, context: 32)
    let handshakeKeys = key + labels(3, context: 0) + finishedMAC
    // Two traffic secrets, the exporter's and the resumption's; of each of the first two a key and an IV.
    let main = extract + key + labels(4, context: 32)
    let mainKeys = key + labels(2, context: 0)
    let tickets = events.count {
      switch $0 {
      case .issuedTicket, .receivedTicket: true
      default: false
      }
    }
    let sessions = tickets > 0 ? key + labels(tickets, context: 1) : []
    // After ServerHello, before and after the server's Finished, after the client's; before each CertificateVerify, before a
    // Finished of the client's that follows one, and for the binder.
    let digests = 4 + (isResumed ? 1 : scenario.isMutual ? 3 : 1)
    return Array(repeating: call(BORING_DIGEST, 0), count: digests) + (isResumed ? early : []) + handshake
      + handshakeKeys + handshakeKeys + main + mainKeys + mainKeys + sessions
  }
}

/// Format, key's name, salt, nonce and tag.
private let ticketOverhead = 1 + 16 + 16 + 12 + 16

private func call(_ kind: boring_call_kind, _ byteCount: Int) -> boring_call {
  boring_call(kind: kind, size: byteCount)
}
