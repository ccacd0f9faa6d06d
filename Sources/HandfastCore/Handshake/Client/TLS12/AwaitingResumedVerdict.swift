import HandfastWire

/// The owner judges the server of a resumed session anew; its ChangeCipherSpec waits.
package struct AwaitingResumedVerdict: ~Copyable {
  let settings: ClientSettings
  let session: ClientSession
  let negotiated: Negotiated12
  let request: PeerVerification
  var transcript: Transcript

  consuming func resume(_ verdict: Verdict, _ out: inout HandshakeOutput) throws(TLSError) -> Role {
    let server = try settleResumed(verdict, on: request, &out)
    return try resume12(session, by: server, negotiated, transcript, settings, &out)
  }
}
