import Handfast
import HandfastCore
import HandfastWire

extension StepTeller {
  /// What can be dumped: what was sent, and what protection made of it. The other side's view only where it differs.
  var bytes: [NarrativeStep.Bytes] {
    var seen: [NarrativeStep.Bytes] = []
    func add(_ label: String, _ bytes: [UInt8]) {
      if !bytes.isEmpty, !seen.contains(where: { $0.bytes == bytes }) { seen.append(.init(label: label, bytes: bytes)) }
    }
    for entry in material.entries {
      switch entry.event {
      case .sent(let fact): add("\(fact.type) as the \(entry.side) sends it", fact.bytes)
      case .received(let fact): add("\(fact.type) as the \(entry.side) receives it", fact.bytes)
      case .sentChangeCipherSpec, .receivedChangeCipherSpec: add("ChangeCipherSpec", [1])
      case .sentAlert(let fact), .receivedAlert(let fact):
        add("Alert \(fact.description)", [fact.level.rawValue, fact.description.rawValue])
      case .sealedRecord(let fact):
        if case .record(from: let sender, let place) = material.kind,
          let text = applicationData(from: sender, fact, place)
        {
          add("What the \(entry.side) seals", text)
        }
        add(ciphertextLabel(of: fact, from: entry.side), fact.ciphertext)
      case .openedRecord(let fact): add(ciphertextLabel(of: fact, from: entry.side.peer), fact.ciphertext)
      default: continue
      }
    }
    return seen + certificates(in: seen)
  }

  /// Each certificate of a Certificate message, by itself.
  private func certificates(in dumps: [NarrativeStep.Bytes]) -> [NarrativeStep.Bytes] {
    guard case .message(.certificate, _, _) = material.kind else { return [] }
    return dumps.flatMap { dump -> [NarrativeStep.Bytes] in
      guard dump.bytes.count > 4 else { return [] }
      let body = Array(dump.bytes[4...])
      let chain =
        context.isTLS13
        ? (try? Certificate13(decoding: body.span, "Certificate"))?.entries.map(\.certificate)
        : (try? Certificate12(decoding: body.span, "Certificate"))?.chain
      let key = try? RawPublicKey12(decoding: body.span, "Certificate").subjectPublicKeyInfo
      return (chain ?? key.map { [$0] } ?? []).enumerated().map { index, der in
        if CertificateDescription(subjectPublicKeyInfo: der) != nil {
          return .init(label: "The raw public key, DER", bytes: der)
        }
        let name = index == 0 ? "The leaf certificate" : "Certificate \(index + 1) of the chain"
        return .init(label: "\(name), DER in PEM", bytes: der, form: .pem)
      }
    }
  }
}

extension StepTeller {
  private func ciphertextLabel(of fact: RecordFact, from sender: Side) -> String {
    let whole =
      "The \(sender)'s encrypted \(fact.type) record \(fact.sequenceNumber) as it is on the wire, without header"
    let rest = fact.ciphertextLength.subtractingReportingOverflow(fact.ciphertext.count)
    return rest.overflow || rest.partialValue <= 0
      ? whole : "\(whole), without its last \(counted(rest.partialValue, "byte"))"
  }
}
