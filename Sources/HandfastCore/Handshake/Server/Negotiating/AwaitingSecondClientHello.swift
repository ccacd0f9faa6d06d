import HandfastWire

/// The client was asked for another key share. RFC 9846 §4.2.2.
package struct AwaitingSecondClientHello: ~Copyable {
  let settings: ServerSettings
  let retry: ServerRetry
  var transcript: Transcript

  consuming func receive(
    _ frame: borrowing HandshakeFrame, _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    let hello = try frame.decode(ClientHello.self)
    try checkUnchanged(hello)
    let offer = try ClientOffer13(hello)

    guard offer.cookie == retry.cookie else { throw .changedAfterRetry("the cookie") }
    //= https://www.rfc-editor.org/rfc/rfc9846#section-4.2.2
    //# Removing the "early_data" extension (Section 4.3.10) if one was present. Early data is not permitted after a
    //# HelloRetryRequest.
    guard !offer.offersEarlyData else { throw .changedAfterRetry("early_data, which is not allowed any more") }
    guard offer.shares.map(\.group) == [retry.group] else {
      throw .changedAfterRetry("the key shares: exactly one, of \(retry.group), was asked for")
    }
    return try negotiate13(settings, offer, retry: retry, frame, transcript, &out)
  }

  //= https://www.rfc-editor.org/rfc/rfc9846#section-4.2.2
  //# In that case, the client MUST send the same ClientHello without modification, except as follows
  private func checkUnchanged(_ second: ClientHello) throws(TLSError) {
    let first = retry.first
    guard second.version == first.version else { throw .changedAfterRetry("legacy_version") }
    guard second.random == first.random else { throw .changedAfterRetry("the random") }
    guard second.sessionID == first.sessionID else { throw .changedAfterRetry("legacy_session_id") }
    guard second.cipherSuites == first.cipherSuites else { throw .changedAfterRetry("the cipher suites") }
    let padding = ExtensionType(rawValue: 21)
    let changeable: Set<ExtensionType> = [.keyShare, .earlyData, .cookie, .preSharedKey, padding]
    let (before, after) = (first.extensions?.entries ?? [], second.extensions?.entries ?? [])
    // By dictionaries: of thousands, as only an attacker sends, none is looked for one by one.
    let (old, new) = (before.byType, after.byType)
    for entry in before + after where !changeable.contains(entry.type) && old[entry.type] != new[entry.type] {
      throw .changedAfterRetry("\(entry.type)")
    }
  }
}

extension [ExtensionBlock.Entry] {
  fileprivate var byType: [ExtensionType: [UInt8]] {
    Dictionary(map { ($0.type, $0.data) }, uniquingKeysWith: { first, _ in first })
  }
}
