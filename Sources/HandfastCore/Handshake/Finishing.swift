import HandfastWire

/// Sends a Finished over the transcript so far. RFC 5246 §7.4.9.
func sendFinished(
  from side: Side, _ master: MasterSecret12, _ transcript: inout Transcript, _ out: inout HandshakeOutput
) throws(TLSError) {
  let hash = transcript.digest()
  let verifyData = master.verifyData(of: side, transcriptHash: hash)
  let count = transcript.messageCount
  out.trace(
    .computedFinished(
      FinishedFact(
        sender: side, label: MasterSecret12.finishedLabel(of: side), messageCount: count, transcriptHash: hash,
        verifyData: verifyData)))
  try out.send(Finished(verifyData: verifyData), &transcript)
}

/// Checks the peer's Finished over the transcript so far, and adds it. RFC 5246 §7.4.9.
func receiveFinished(
  _ frame: borrowing HandshakeFrame, from side: Side, _ master: MasterSecret12,
  _ transcript: inout Transcript, _ out: inout HandshakeOutput
) throws(TLSError) {
  let finished = try frame.decode(Finished.self)
  let hash = transcript.digest()
  let expected = master.verifyData(of: side, transcriptHash: hash)
  //= https://www.rfc-editor.org/rfc/rfc5246#section-7.4.9
  //# Recipients of Finished messages MUST verify that the contents are correct.
  guard constantTimeEqual(finished.verifyData.span, expected.span) else {
    throw .badFinished(expectedCount: expected.count, gotCount: finished.verifyData.count)
  }
  let count = transcript.messageCount
  out.trace(
    .verifiedFinished(
      FinishedFact(
        sender: side, label: MasterSecret12.finishedLabel(of: side), messageCount: count, transcriptHash: hash,
        verifyData: expected)))
  transcript.append(frame.raw)
}
