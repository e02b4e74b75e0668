"""What happens: exchanges, missions, signatures, reports, evidence, claims, payments, figures."""
