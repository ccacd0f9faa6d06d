import HandfastWire

// What a connection does with two of its parts at once.

/// A free function, because one access to `self` that borrows the joiner's bytes while the role changes is a conflict, and
/// separate `inout`s are not.
func pump(
  _ joiner: inout HandshakeJoiner, _ role: inout Role, _ reader: inout RecordReader, _ out: inout HandshakeOutput
) throws(TLSError) {
  // The answer to a question may have changed the keys.
  try installKeys(joiner, before: 0, &reader, &out)
  while !role.isAsking, let length = try joiner.nextLength() {
    try receive(joiner.next(length), before: joiner.restCount(behind: length), &role, &out)
    joiner.drop(length, expectsMore: !role.isEstablished)
    try installKeys(joiner, before: 0, &reader, &out)
  }
}

/// What a record has of handshake messages: the whole ones are read where they lie, if none waits before them and no question keeps
/// them waiting; the rest is kept.
func receive(
  _ payload: Span<UInt8>, _ joiner: inout HandshakeJoiner, _ role: inout Role, _ reader: inout RecordReader,
  _ out: inout HandshakeOutput
) throws(TLSError) {
  var rest = payload
  while !role.isAsking, let frame = try joiner.frame(in: rest) {
    rest = rest.extracting(droppingFirst: frame.raw.count)
    try receive(frame, before: rest.count, &role, &out)
    try installKeys(joiner, before: rest.count, &reader, &out)
  }
  joiner.append(rest)
}

/// `rest`: how many bytes have come behind it.
private func receive(
  _ frame: borrowing HandshakeFrame, before rest: Int, _ role: inout Role, _ out: inout HandshakeOutput
) throws(TLSError) {
  out.hasUnreadInput = rest > 0
  try role.receive(frame, &out)
  out.hasUnreadInput = false
  try out.sealMessages()
}

//= https://www.rfc-editor.org/rfc/rfc9846#section-5.1
//# Handshake messages MUST NOT span key changes.
private func installKeys(
  _ joiner: borrowing HandshakeJoiner, before rest: Int, _ reader: inout RecordReader, _ out: inout HandshakeOutput
) throws(TLSError) {
  guard let keys = out.takeReceivingKeys() else { return }
  reader.install(keys, at: try joiner.boundary(before: rest))
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
