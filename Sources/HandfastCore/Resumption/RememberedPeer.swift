public import HandfastWire

/// Who a peer proved to be in the full handshake that a session goes back to. A resumption proves possession of the session's
/// secret only; the certificates are these.
public struct RememberedPeer: Hashable, Sendable {
  /// The presented chain, described leaf first.
  public let presented: [CertificateDescription]
  /// The path that was built, leaf to anchor.
  public let path: [CertificateDescription]
  /// How it proved possession of its key; nil when RSA key transport was the proof.
  public let signatureScheme: SignatureScheme?
  /// A client's, where its servers are to be judged anew: what was judged.
  package let evidence: PeerEvidence?

  package init(
    presented: [CertificateDescription], path: [CertificateDescription], signatureScheme: SignatureScheme?,
    evidence: PeerEvidence? = nil
  ) {
    self.evidence = evidence
    self.presented = presented
    self.path = path
    self.signatureScheme = signatureScheme
  }

  /// When the first of its certificates expires, in milliseconds since 1970. No session outlives that.
  package var expiresAt: UInt64 {
    var seconds = presented.first?.notAfter ?? .max
    for certificate in path { seconds = min(seconds, certificate.notAfter) }
    return UInt64(clamping: seconds).multipliedSaturated(by: 1000)
  }
}

/// How long sessions live.
package enum SessionLifetime {
  //= https://www.rfc-editor.org/rfc/rfc9846#section-4.7.1
  //# Servers MUST NOT use any value greater than 604800 seconds (7 days).
  //
  // The same bound holds here for a whole lineage, however often it is resumed: what a full handshake checks is then never older.
  package static let longestLineage: UInt64 = 604_800_000

  /// The end of a session that is asked to live until `wished`: never beyond its lineage's, nor its peer's certificates'.
  package static func end(
    wished: UInt64, lineageStartedAt: UInt64, certificatesEndAt: UInt64 = .max, peer: RememberedPeer?
  ) -> UInt64 {
    min(
      wished, lineageStartedAt.addingSaturated(longestLineage), certificatesEndAt, peer?.expiresAt ?? .max)
  }
}
