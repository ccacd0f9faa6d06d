import HandfastWire

// What a connection does with two of its parts at once.

/// A free function, because one access to `self` that borrows the joiner's bytes while the role changes is a conflict, and
/// separate `inout`s are not.
func pump(
  _ joiner: inout HandshakeJoiner, _ role: inout Role, _ reader: inout RecordReader, _ out: inout HandshakeOutput
) throws(TLSError) {
  // The answer to a question may have changed the keys.
  try installKeys(&joiner, &reader, &out)
  while !role.isAsking, try joiner.hasMessage() {
    out.hasUnreadInput = !joiner.isLastMessage
    try role.receive(joiner.next(), &out)
    out.hasUnreadInput = false
    try out.sealMessages()
    joiner.drop(expectsMore: !role.isEstablished)
    try installKeys(&joiner, &reader, &out)
  }
}

//= https://www.rfc-editor.org/rfc/rfc9846#section-5.1
//# Handshake messages MUST NOT span key changes.
private func installKeys(
  _ joiner: inout HandshakeJoiner, _ reader: inout RecordReader, _ out: inout HandshakeOutput
) throws(TLSError) {
  guard let keys = out.takeReceivingKeys() else { return }
  reader.install(keys, at: try joiner.boundary())
}

func sendKeyUpdate(
  _ role: inout Role, _ request: KeyUpdateRequest, _ out: inout HandshakeOutput
) throws(TLSError) {
  try role.whenEstablished { established throws(TLSError) in try established.sendKeyUpdate(request, &out) }
}

func confirmRole(
  _ role: inout Role, by confirmation: PeerConfirmation, _ out: inout HandshakeOutput
) throws(TLSError) {
  try role.whenEstablished { established throws(TLSError) in established.confirm(by: confirmation, &out) }
}
