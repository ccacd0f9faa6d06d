import Handfast
import HandfastCore
import HandfastWire

extension StepGrouping {
  private static let serverHello = StepKind.message(.serverHello, from: .server, occurrence: 0)
  private static let endOfEarlyData = StepKind.message(.endOfEarlyData, from: .client, occurrence: 0)
  private static let encryptedExtensions = StepKind.message(.encryptedExtensions, from: .server, occurrence: 0)

  private func hasServerHello(_ side: Side) -> Bool { hellos[side]?.contains(Self.serverHello) ?? false }

  /// Where TLS 1.3 tells an event otherwise than TLS 1.2; nil: as there.
  mutating func home13(of entry: TraceEntry) -> StepKind? {
    let side = entry.side
    switch entry.event {
    case .chose(let choice): return home13(of: choice, on: side)
    case .derivedSecret(let fact): return home13(of: fact, on: side)
    case .changedKeys(let fact): return home13(of: fact, on: side)
    default: return nil
    }
  }

  private func home13(of choice: Choice, on side: Side) -> StepKind {
    // What a server finds out before it asks for another ClientHello.
    let answer =
      side == .server && retrying.contains(side) && hellos[side] == nil
      ? .retryRequest(occurrence: 0) : Self.serverHello
    switch choice.subject {
    case .version, .cipherSuite, .group, .extendedMasterSecret, .compression: return answer
    case .applicationProtocol, .maxFragmentLength, .recordSizeLimit, .clientCertificateType:
      return answering.contains(side) ? Self.encryptedExtensions : answer
    case .serverIdentity where choice.chosen == nil: return answer
    case .serverIdentity: return .message(.certificate, from: .server, occurrence: 0)
    case .clientIdentity: return .message(.certificate, from: .client, occurrence: 0)
    case .signatureScheme: return .message(.certificateVerify, from: side, occurrence: 0)
    }
  }

  private mutating func home13(of fact: DerivationFact, on side: Side) -> StepKind {
    switch fact.name {
    case .preMasterSecret, .masterSecret, .keyBlock: return .secrets
    case .earlySecret: return .keys(hasServerHello(side) ? .handshake : .earlyData)
    case .clientEarlyTrafficSecret: return .keys(.earlyData)
    case .sharedSecret, .handshakeSecret, .clientHandshakeTrafficSecret, .serverHandshakeTrafficSecret:
      return .keys(.handshake)
    case .clientApplicationTrafficSecret where fact.isUpdate:
      return .message(.keyUpdate, from: .client, occurrence: next("client update", on: side))
    case .serverApplicationTrafficSecret where fact.isUpdate:
      return .message(.keyUpdate, from: .server, occurrence: next("server update", on: side))
    case .mainSecret, .clientApplicationTrafficSecret, .serverApplicationTrafficSecret, .exporterSecret:
      return .keys(.application)
    case .resumptionSecret: return .completed
    case .resumptionPSK: return .message(.newSessionTicket, from: .server, occurrence: next("PSK", on: side))
    }
  }

  /// Each direction changes with the last message under the old keys.
  private func home13(of fact: KeyChangeFact, on side: Side) -> StepKind? {
    let sender = fact.direction == .sending ? side : side.peer
    switch fact.stage {
    case nil: return nil
    case .earlyData: return .keys(.earlyData)
    case .handshake where current[side] == Self.endOfEarlyData: return Self.endOfEarlyData
    // A server reads nothing under the handshake's keys before it has said all.
    case .handshake: return .keys(side == .server && fact.direction == .receiving ? .application : .handshake)
    case .application where fact.generation > 0:
      return .message(.keyUpdate, from: sender, occurrence: fact.generation - 1)
    case .application:
      return sender == .server ? .keys(.application) : .message(.finished, from: .client, occurrence: 0)
    }
  }

  // MARK: - Sessions

  func home(of fact: ResumptionFact, on side: Side) -> StepKind {
    let hello = StepKind.message(.clientHello, from: .client, occurrence: 0)
    switch fact.outcome {
    case .offered: return hello
    case .resumed: return Self.serverHello
    case .declined(let refusal):
      return side == .client && refusal != .declinedByServer && !hasServerHello(side) ? hello : Self.serverHello
    }
  }

  func home(of fact: EarlyDataFact, on side: Side) -> StepKind {
    let hello = StepKind.message(.clientHello, from: .client, occurrence: 0)
    let answer = isTLS13 ? Self.encryptedExtensions : Self.serverHello
    switch fact.outcome {
    case .offered: return hello
    case .accepted: return answer
    case .rejected: return side == .client && hellos[side] == nil ? hello : answer
    }
  }
}

extension StepKind {
  /// Whether it belongs to early data, before the server has said anything.
  var isEarly: Bool {
    switch self {
    case .keys(.earlyData): true
    case .record(from: _, let place): place.epoch.stage == .earlyData
    default: false
    }
  }
}

extension DerivationFact {
  /// Whether a KeyUpdate derives it, from the one before.
  var isUpdate: Bool { label == "traffic upd" }
}
