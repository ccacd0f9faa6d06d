import HandfastWire

/// The client sends early data; after it comes the rest of its handshake, under the handshake's keys. RFC 9846 §4.6.
package struct AwaitingEndOfEarlyData: ~Copyable {
  let conclusion: ServerConclusion13
  var transcript: Transcript

  consuming func receive(
    _ frame: borrowing HandshakeFrame, _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    _ = try frame.decode(EndOfEarlyData.self)
    transcript.append(frame.raw)
    out.earlyDataLeft = nil
    out.changeReceivingKeys(to: try conclusion.handshake.protection(), for: .handshake)
    return .server13(
      .awaitingFinished(
        AwaitingClientFinished13(conclusion: conclusion, client: nil, scheme: nil, transcript: transcript)))
  }
}
