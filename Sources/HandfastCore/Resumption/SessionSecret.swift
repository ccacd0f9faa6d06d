/// A `Secret` that several connections may hold: the last of them to go has it overwritten.
package final class SessionSecret: Sendable {
  private let secret: Secret

  package init(_ secret: consuming Secret) { self.secret = secret }
  package convenience init(_ bytes: consuming [UInt8]) { self.init(Secret(bytes)) }

  package var count: Int { secret.count }

  package func withSpan<R: ~Copyable, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
    try secret.withSpan(body)
  }
}
