/// What `resume` was given. Asked for as another kind, it is the owner's mistake.
package enum Answer: Sendable {
  case verdict(Verdict)
  case signature([UInt8])
  case identity(Identity?)

  func verdict() throws(TLSError) -> Verdict {
    guard case .verdict(let verdict) = self else { throw .unexpectedAnswer }
    return verdict
  }

  func signature() throws(TLSError) -> [UInt8] {
    guard case .signature(let signature) = self else { throw .unexpectedAnswer }
    return signature
  }

  func identity() throws(TLSError) -> Identity? {
    guard case .identity(let identity) = self else { throw .unexpectedAnswer }
    return identity
  }
}
