import HandfastCore
import HandfastWire

/// Records that are wrong before any message is looked at.
extension Diagnostician {
  func unknownContentType(_ type: ContentType) -> Diagnosis {
    protocolBroken(
      "The \(them) sent a record of content type \(type), which TLS 1.2 does not know.",
      rule: "RFC 5246 §6 (unknown record type)")
  }

  func recordVersion(_ version: ProtocolVersion) -> Diagnosis {
    because(
      .versionNotShared, of: peer, "The \(them) sent a record marked \(version); expected \(ProtocolVersion.tls12).",
      rule: "RFC 5246 §6.2.1 (record version)",
      remedy: "Allow TLS 1.3 or 1.2 on the \(them); if it does speak them, update its TLS software.")
  }

  func notTLS(_ looksLike: String) -> Diagnosis {
    because(
      .notTLS, of: peer,
      "The first bytes from the \(them) are no TLS record; they look like \(looksLike.safeForDisplay).",
      rule: "RFC 5246 §6.2.1 (record header)",
      remedy: otherProtocolRemedy(looksLike), .likely)
  }

  private func otherProtocolRemedy(_ looksLike: String) -> String {
    if looksLike == TLSError.proxyHeader {
      return "Switch the PROXY header off in the balancer before this port (HAProxy: send-proxy), or put a program "
        + "that reads it before this TLS server."
    }
    if looksLike == TLSError.mySQLGreeting {
      return "Connect with a MySQL client: that protocol comes to TLS by a command of its own, on the same port."
    }
    return side == .server
      ? "Point the client at this port with TLS (https, not http), or serve the protocol it speaks on another port."
      : "Check host and port: connect to a port where the server speaks TLS from the first byte, without STARTTLS."
  }

  func recordTooLong(_ length: Int, _ limit: Int) -> Diagnosis {
    protocolBroken(
      "The \(them) sent a record of \(length) bytes; at most \(limit) are allowed here.",
      rule: "RFC 5246 §6.2.3 (record length), RFC 6066 §4 (max_fragment_length)")
  }

  func recordTooShort(_ length: Int) -> Diagnosis {
    protocolBroken(
      "The \(them) sent an encrypted record of \(length) bytes, too short to hold a nonce and a tag.",
      rule: "RFC 5246 §6.2.3.3 (AEAD records)")
  }

  /// The first protected record fails when the two sides have different keys; a later one, when it was changed on the way.
  func badRecordMAC(_ number: UInt64) -> Diagnosis {
    let isFirst = number == 0
    return because(
      .recordDamaged, of: nil,
      "Record \(number) from the \(them) does not decrypt: "
        + (isFirst
          ? "the two sides have derived different keys, or the record was changed on the way."
          : "it was changed, dropped or repeated on the way, since the records before it were good."),
      rule: "RFC 5246 §6.2.3.3 (bad_record_mac)",
      remedy: isFirst
        ? "Compare both sides' traces: the first message whose digest differs was changed on the way; if none does, update the "
          + "\(them)'s TLS software."
        : "Look for what damages or injects data between the two sides; the connection has to be made anew.",
      .likely)
  }

  func recordsWithoutProgress(_ limit: Int) -> Diagnosis {
    because(
      .limitExceeded, of: peer, "The \(them) sent more than \(limit) records in a row that move nothing forward.",
      rule: "RFC 5246 §6.2.1 (empty fragments), §7.4.1.1 (HelloRequest)",
      remedy: "Find out why the \(them) floods this side; if it is meant to, raise limits.recordsWithoutProgress here.")
  }

  var emptyHandshakeRecord: Diagnosis {
    protocolBroken(
      "The \(them) sent a handshake record or an alert without content.",
      rule: "RFC 5246 §6.2.1, RFC 9846 §5.4 (zero-length fragments)")
  }

  func keyLimitReached(_ records: UInt64) -> Diagnosis {
    because(
      .keyLimitReached, of: nil,
      "The connection has used its keys for \(records) records, as many as are safe; TLS 1.2 cannot change keys.",
      rule: "RFC 9325 §4.4 (limits on key usage)",
      remedy: "Open a new connection; long-lived ones should do so in time.")
  }

  func malformedAlert(_ problem: DecodeError) -> Diagnosis {
    protocolBroken(
      "The \(them) sent an alert that cannot be read: \(problem).", rule: "RFC 5246 §7.2 (alerts)", .messageMalformed)
  }

  var malformedChangeCipherSpec: Diagnosis {
    protocolBroken(
      "The \(them) sent a ChangeCipherSpec that is not the single byte 1.", rule: "RFC 5246 §7.1 (ChangeCipherSpec)")
  }

  func interleavedRecord(_ type: ContentType) -> Diagnosis {
    protocolBroken(
      "The \(them) sent a record of type \(type) in the middle of a handshake message.",
      rule: "RFC 5246 §6.2.1 (no interleaving)")
  }

  var unexpectedApplicationData: Diagnosis {
    protocolBroken(
      "The \(them) sent application data before the handshake was complete, while \(step.words) was awaited.",
      rule: "RFC 5246 §7.3 (handshake first)")
  }

  var unexpectedChangeCipherSpec: Diagnosis {
    protocolBroken(
      "The \(them) sent ChangeCipherSpec while \(step.words) was awaited.",
      rule: "RFC 5246 §7.1 (place of ChangeCipherSpec)")
  }

  // MARK: Messages

  func unexpectedMessage(_ got: HandshakeType, _ wanted: [HandshakeType]) -> Diagnosis {
    let expected = wanted.isEmpty ? "none" : wanted.map(\.description).joined(separator: " or ")
    return protocolBroken(
      "The \(them) sent \(got) where \(expected) was expected.", rule: "RFC 5246 §7.3 (order of handshake messages)")
  }

  func messageTooLong(_ type: HandshakeType, _ length: Int, _ limit: Int) -> Diagnosis {
    because(
      .limitExceeded, of: peer, "The \(them)'s \(type) has \(length) bytes; at most \(limit) are accepted here.",
      rule: "limits.handshakeMessageSize of this side",
      remedy: type == .certificate
        ? "Make the \(them)'s chain smaller (fewer certificates, no root), or raise limits.handshakeMessageSize here."
        : "If the message is meant to be that long, raise limits.handshakeMessageSize here.")
  }

  func malformed(_ type: HandshakeType, _ problem: DecodeError) -> Diagnosis {
    protocolBroken(
      "The \(them)'s \(type) cannot be read: \(problem).", rule: "RFC 5246 §7.4 (\(type))", .messageMalformed)
  }

  func malformedExtension(_ type: ExtensionType, _ message: HandshakeType, _ problem: DecodeError) -> Diagnosis {
    protocolBroken(
      "The extension \(type) in the \(them)'s \(message) cannot be read: \(problem).",
      rule: "RFC 5246 §7.4.1.4 (extensions)", .messageMalformed)
  }

  var messageAcrossKeyChange: Diagnosis {
    protocolBroken(
      "The \(them) sent the beginning of a message before its change of keys, and the rest after it.",
      rule: "RFC 5246 §7.1 (ChangeCipherSpec)")
  }
}
