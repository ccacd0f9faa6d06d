/// What a revocation list of a development authority shall say. The defaults make one that counts.
package struct RevocationListRequest: Sendable {
  package struct Entry: Sendable, Hashable {
    /// An INTEGER's content, as in the certificate.
    package var serialNumber: [UInt8]
    /// Unix seconds.
    package var revokedAt: Int64
    package var reason: RevocationReason?

    package init(serialNumber: [UInt8], revokedAt: Int64, reason: RevocationReason? = nil) {
      self.serialNumber = serialNumber
      self.revokedAt = revokedAt
      self.reason = reason
    }
  }

  package var revoked: [Entry]
  /// Nil: the extension is left out.
  package var number: Int? = 1
  package var isNumberCritical = false
  /// Unix seconds.
  package var thisUpdate: Int64
  /// Nil: the list does not say how long it holds.
  package var nextUpdate: Int64?
  /// DER of an issuingDistributionPoint; nil: there is none.
  package var distributionPoint: [UInt8]?
  package var isDelta = false
  /// Dotted OIDs of critical extensions that nobody knows.
  package var unknownCriticalExtensions: [String] = []

  package init(revoked: [Entry] = [], thisUpdate: Int64, nextUpdate: Int64?) {
    self.revoked = revoked
    self.thisUpdate = thisUpdate
    self.nextUpdate = nextUpdate
  }
}

/// What an OCSP response of a development authority shall say about one certificate.
package struct OCSPRequest: Sendable {
  package enum Status: Sendable, Hashable {
    case good
    case revoked(at: Int64, reason: RevocationReason?)
    case unknown
  }
  package enum Hash: Sendable {
    case sha1
    case sha256
  }

  package var status: Status
  /// Unix seconds.
  package var thisUpdate: Int64
  package var nextUpdate: Int64?
  package var hash = Hash.sha1
  /// Whether the responder is named by its key's hash instead of its name.
  package var namesResponderByKey = false
  /// A responder that the authority has named; nil: the authority itself signs.
  package var delegate: IssuingAuthority?
  /// Whether the delegate's certificate goes along.
  package var sendsDelegate = true
  /// 0: successful; else nothing else is said.
  package var responseStatus = 0
  package var unknownCriticalExtensions: [String] = []

  package init(_ status: Status, thisUpdate: Int64, nextUpdate: Int64?) {
    self.status = status
    self.thisUpdate = thisUpdate
    self.nextUpdate = nextUpdate
  }
}
