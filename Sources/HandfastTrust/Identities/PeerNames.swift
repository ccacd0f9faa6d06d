public import HandfastCore

extension CertificateDescription {
  /// subjectAltName's URIs, as they stand in the certificate.
  public var uris: [String] { names(of: "URI:") }
  /// subjectAltName's e-mail addresses, as they stand in the certificate.
  public var emailAddresses: [String] { names(of: "email:") }
  /// subjectAltName's DNS names, as they stand in the certificate; may begin with "*.".
  public var dnsNames: [String] { names(of: "DNS:") }
  /// subjectAltName's IP addresses, in text: "192.0.2.1", "2001:db8::1".
  public var ipAddresses: [String] { names(of: "IP:") }

  /// The workload that the certificate is for, by the rules for an X.509-SVID: exactly one URI, and that a SPIFFE ID with a path.
  ///
  /// Says nothing about trust: a `TrustedPeer`'s chain was judged, but whether its root may speak for this trust domain is the
  /// application's to know.
  public var spiffeID: SPIFFEID {
    get throws(SPIFFEIDError) {
      guard uris.count == 1, let uri = uris.first else { throw .notOneURI(count: uris.count) }
      let id = try SPIFFEID(uri)
      // X.509-SVID §5.2: without a path it stands for the trust domain, and its certificate for an authority.
      guard !isCA, !id.path.isEmpty else { throw .notAWorkload(uri) }
      return id
    }
  }

  private func names(of kind: String) -> [String] {
    names.filter { $0.hasPrefix(kind) }.map { String($0.dropFirst(kind.count)) }
  }
}

extension TrustedPeer {
  /// The peer's own certificate.
  public var certificate: CertificateDescription? { presented.first }
  /// Its subjectAltName's URIs.
  public var uris: [String] { certificate?.uris ?? [] }
  /// Its subjectAltName's e-mail addresses.
  public var emailAddresses: [String] { certificate?.emailAddresses ?? [] }
  /// Its subjectAltName's DNS names.
  public var dnsNames: [String] { certificate?.dnsNames ?? [] }
  /// The workload that it is; see `CertificateDescription.spiffeID`.
  public var spiffeID: SPIFFEID {
    get throws(SPIFFEIDError) {
      guard let certificate else { throw .notOneURI(count: 0) }
      return try certificate.spiffeID
    }
  }
}
