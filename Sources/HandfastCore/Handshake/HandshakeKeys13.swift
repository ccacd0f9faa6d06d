import HandfastWire

/// The handshake's keys, and the secret from which the application's come.
package struct HandshakeKeys13: ~Copyable {
  let secret: HandshakeSecret13
  let client: TrafficSecret13
  let server: TrafficSecret13

  init(secret: consuming HandshakeSecret13, traffic: consuming TrafficPair13) {
    self.secret = secret
    client = traffic.client
    server = traffic.server
  }
}

/// What a CertificateVerify of TLS 1.3 signs (RFC 9846 §4.5.2): 64 spaces, a context string, a zero, the transcript hash.
func signedContent13(by signer: Side, transcriptHash: [UInt8]) -> [UInt8] {
  var content: [UInt8] = []
  content.reserveCapacity(160)
  content.append(contentsOf: repeatElement(0x20, count: 64))
  content.append(contentsOf: signatureContext13(of: signer).utf8)
  content.append(0)
  content.append(contentsOf: transcriptHash)
  return content
}

/// What it is made of, for whoever looks on.
func partsOfSignedContent13(_ content: [UInt8], by signer: Side) -> [NamedInput] {
  let context = signatureContext13(of: signer)
  let transcriptHash = Array(content.dropFirst(64 + context.utf8.count + 1))
  return [
    NamedInput("spaces", 64), NamedInput("'\(context)' and a zero", context.utf8.count + 1),
    NamedInput("transcript hash", transcriptHash.count, value: transcriptHash),
  ]
}

private func signatureContext13(of signer: Side) -> String {
  signer == .server ? "TLS 1.3, server CertificateVerify" : "TLS 1.3, client CertificateVerify"
}

/// Sends a Finished over the transcript so far. RFC 9846 §4.5.3.
func sendFinished13(
  _ secret: borrowing TrafficSecret13, _ transcript: inout Transcript, _ out: inout HandshakeOutput
) throws(TLSError) {
  let verifyData = transcript.withDigest { secret.verifyData(transcriptHash: $0) }
  out.trace(
    .computedFinished(
      FinishedFact(
        sender: secret.sender, label: "finished", messageCount: transcript.messageCount,
        transcriptHash: transcript.digest(), verifyData: verifyData)))
  try out.sendFinished(verifyData.span, &transcript)
}

/// Checks the peer's Finished over the transcript so far, and adds it. RFC 9846 §4.5.3.
func receiveFinished13(
  _ frame: borrowing HandshakeFrame, _ secret: borrowing TrafficSecret13, _ transcript: inout Transcript,
  _ out: inout HandshakeOutput
) throws(TLSError) {
  let verifyData = try frame.body(of: Finished.self)
  let expected = transcript.withDigest { secret.verifyData(transcriptHash: $0) }
  //= https://www.rfc-editor.org/rfc/rfc9846#section-4.5.3
  //# Recipients of Finished messages MUST verify that the contents are correct and if incorrect MUST terminate the connection
  //# with a "decrypt_error" alert.
  guard constantTimeEqual(verifyData, expected.span) else {
    throw .badFinished(expectedCount: expected.count, gotCount: verifyData.count)
  }
  out.trace(
    .verifiedFinished(
      FinishedFact(
        sender: secret.sender, label: "finished", messageCount: transcript.messageCount,
        transcriptHash: transcript.digest(), verifyData: expected)))
  transcript.append(frame.raw)
}
