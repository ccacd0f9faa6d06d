import Handfast
import HandfastCore
import HandfastWire

extension StepTeller {
  func failureColumn(on side: Side) -> NarrativeStep.Column {
    var column = NarrativeStep.Column()
    if let leaving = context.goodbyeMissing {
      guard side == leaving.peer else { return NarrativeStep.Column(headline: "leaves") }
      column.headline = "notes that it is over"
      column.lines = [
        .warned("note", "what the \(leaving) sent last may lack its end, if its own format does not say where that is")
      ]
      return column
    }
    // Who finds the fault tells it and then says so; who is told hears it first.
    let entries = material.entries.filter { $0.side == side }
    let isCause = context.isCause(side)
    let told = entries.filter { if case .failed = $0.event { isCause } else { !isCause } }
    let rest = entries.filter { if case .failed = $0.event { !isCause } else { isCause } }
    let lastAlert = entries.last { if case .receivedAlert = $0.event { true } else { false } }
    for entry in told + rest {
      switch entry.event {
      case .failed(let fact):
        column.headline = isCause ? "stops" : "learns that it is over"
        column.lines += lateRejectionLines(entry) + lines(of: fact, diagnosis: entry.diagnosis, on: side)
      case .sentAlert(let fact):
        column.lines.append(.field("sends", alertText(fact), .strong))
        column.lines += recordLines(ofAlert: entry)
      case .receivedAlert(let fact):
        column.lines.append(.field("receives", alertText(fact), .strong))
        column.lines += recordLines(ofAlert: entry)
        if entry == lastAlert { column.lines.append(.say("That is all the \(side) is told.", .faint)) }
      case .peerClosed(let isTruncated) where isTruncated:
        column.lines.append(.failed("end", "the \(side.peer)'s bytes end, without close_notify"))
      default: continue
      }
    }
    if column.isEmpty {
      column.headline = "sees nothing of it"
      column.lines.append(.say("To the \(side) all is well so far.", .faint))
    }
    return column
  }

  private func lines(of fact: FailureFact, diagnosis: Diagnosis?, on side: Side) -> [NarrativeLine] {
    var lines: [NarrativeLine] = []
    let step = context.isCause(side) ? context.failedAt[side].flatMap { context.numbers[$0] } : nil
    let doing =
      switch context.failedAt[side] {
      case .verification(of: let peer): "judges the \(peer)'s certificates"
      case .message(.serverHello, from: side, _): "chooses what to answer"
      default: fact.step.phrase
      }
    lines.append(.field("where", (step.map { "step \($0), " } ?? "") + "while it \(doing)"))
    guard let diagnosis else { return lines + [.failed("why", "\(fact.error)")] }
    lines.append(
      NarrativeLine(
        mark: .failed, label: diagnosis.certainty.phrase, text: diagnosis.explanation,
        tone: diagnosis.certainty == .certain ? .bad : .caution))
    for line in DiagnosisText(diagnosis).lines {
      lines.append(.field(line.label, line.text, line.label == "what to do" ? .good : .plain))
    }
    return lines
  }

  private func alertText(_ fact: AlertFact) -> String {
    "alert \(fact.level) \(fact.description) (\(fact.description.rawValue))"
  }
}

extension Diagnosis.Certainty {
  fileprivate var phrase: String {
    switch self {
    case .certain: "why"
    case .likely: "likely why"
    case .possible: "perhaps why"
    }
  }
}

extension HandshakeStep {
  /// What the side does there, after "while it".
  package var phrase: String {
    switch self {
    case .awaitingClientHello: "awaits the ClientHello"
    case .awaitingServerIdentity: "chooses a certificate"
    case .awaitingServerSignature: "signs its key exchange"
    case .awaitingServerHello: "awaits the ServerHello"
    case .awaitingServerCertificate: "awaits the server's certificate"
    case .awaitingCertificateStatus: "waits for the server's OCSP response"
    case .awaitingServerVerdict: "judges the server's certificate"
    case .awaitingServerKeyExchange: "awaits the ServerKeyExchange"
    case .awaitingCertificateRequestOrServerHelloDone: "awaits a CertificateRequest or the ServerHelloDone"
    case .awaitingServerHelloDone: "awaits the ServerHelloDone"
    case .awaitingClientIdentity: "chooses a certificate"
    case .awaitingClientSignature: "signs the handshake"
    case .awaitingClientCertificate: "awaits the client's certificate"
    case .awaitingClientVerdict: "judges the client's certificate"
    case .awaitingClientKeyExchange: "awaits the ClientKeyExchange"
    case .awaitingCertificateVerify: "awaits the CertificateVerify"
    case .awaitingChangeCipherSpec: "awaits the ChangeCipherSpec"
    case .awaitingFinished: "awaits the Finished"
    case .awaitingSecondClientHello: "awaits the second ClientHello"
    case .awaitingEncryptedExtensions: "awaits the EncryptedExtensions"
    case .awaitingCertificateOrCertificateRequest: "awaits the server's certificate or a CertificateRequest"
    case .awaitingEndOfEarlyData: "awaits the end of the early data"
    case .awaitingConfirmation: "has said all, and does not know yet whether the server accepts it"
    case .established: "exchanges application data"
    case .closed: "closes"
    case .failed: "has failed already"
    }
  }
}
