import HandfastWire

/// Sends a Finished over the transcript so far. RFC 5246 §7.4.9.
func sendFinished(
  from side: Side, _ master: MasterSecret12, _ transcript: inout Transcript, _ out: inout HandshakeOutput
) throws(TLSError) {
  let verifyData = transcript.withDigest { master.verifyData(of: side, transcriptHash: $0) }
  out.trace(
    .computedFinished(
      FinishedFact(
        sender: side, label: MasterSecret12.finishedLabel(of: side), messageCount: transcript.messageCount,
        transcriptHash: transcript.digest(), verifyData: [UInt8](copying: verifyData.span))))
  try out.sendFinished(verifyData.span, &transcript)
}

/// Checks the peer's Finished over the transcript so far, and adds it. RFC 5246 §7.4.9.
func receiveFinished(
  _ frame: borrowing HandshakeFrame, from side: Side, _ master: MasterSecret12,
  _ transcript: inout Transcript, _ out: inout HandshakeOutput
) throws(TLSError) {
  let verifyData = try frame.body(of: Finished.self)
  let expected = transcript.withDigest { master.verifyData(of: side, transcriptHash: $0) }
  //= https://www.rfc-editor.org/rfc/rfc5246#section-7.4.9
  //# Recipients of Finished messages MUST verify that the contents are correct.
  guard constantTimeEqual(verifyData, expected.span) else {
    throw .badFinished(expectedCount: expected.count, gotCount: verifyData.count)
  }
  out.trace(
    .verifiedFinished(
      FinishedFact(
        sender: side, label: MasterSecret12.finishedLabel(of: side), messageCount: transcript.messageCount,
        transcriptHash: transcript.digest(), verifyData: [UInt8](copying: expected.span))))
  transcript.append(frame.raw)
}
