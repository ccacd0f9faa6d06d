import HandfastCore
import HandfastWire

extension EncryptedExtensions {
  var fields: [Field] { [extensions.field(in: .encryptedExtensions)] }
}

extension CertificateRequest13 {
  var fields: [Field] { [contextField(context), extensions.field(in: .certificateRequest)] }
}

extension Certificate13 {
  var fields: [Field] {
    guard !entries.isEmpty else {
      return [contextField(context), Field("certificate_list", "empty", note: "no certificate")]
    }
    return [
      contextField(context),
      Field(
        "certificate_list", counted(entries.count, "certificate"),
        fields: entries.enumerated().map { index, entry in
          Field(
            "certificate \(index)", hexText(entry.certificate), note: counted(entry.certificate.count, "byte"),
            fields: entry.extensions.entries.map { $0.field(in: .certificate) })
        }),
    ]
  }
}

extension NewSessionTicket12 {
  var fields: [Field] {
    [
      Field("ticket_lifetime_hint", "\(lifetimeHint) s"),
      Field("ticket", shortHex(ticket), note: counted(ticket.count, "byte")),
    ]
  }
}

extension NewSessionTicket13 {
  var fields: [Field] {
    [
      Field("ticket_lifetime", "\(lifetime) s"),
      Field("ticket_age_add", "\(ageAdd)", note: "hides the ticket's age from whoever watches"),
      Field("ticket_nonce", nonce.isEmpty ? "empty" : hexText(nonce)),
      Field("ticket", shortHex(ticket), note: counted(ticket.count, "byte")),
      extensions.field(in: .newSessionTicket),
    ]
  }
}

extension KeyUpdate {
  var fields: [Field] { [Field("request_update", request.coded)] }
}

extension CertificateStatus {
  var fields: [Field] { [Field("response", shortHex(response), note: "OCSP, \(counted(response.count, "byte"))")] }
}

private func contextField(_ context: [UInt8]) -> Field {
  Field("certificate_request_context", context.isEmpty ? "empty, as in every handshake" : hexText(context))
}
