"""Writes methods/label_augmentation.json: self-supervised label augmentation's terms of embeddings and a joint head, and images turned by torch.rot90, in float64.

Run from anywhere: python3 make_label_augmentation.py   (made with PyTorch 1.13)
The joint logits of each rotation are kept apart here, and its labels looked up one by one. The total that gradients are of is the plain sum of the terms.
"""
import torch
import torch.nn.functional as F

from method_case import case, write


def make(batch, classes, width, temperature):
    embeddings = torch.randn(4 * batch, width, dtype=torch.float64).requires_grad_()
    weight = torch.randn(4 * classes, width, dtype=torch.float64).requires_grad_()
    bias = torch.randn(4 * classes, dtype=torch.float64).requires_grad_()
    student = (2 * torch.randn(batch, classes, dtype=torch.float64)).requires_grad_()
    labels = torch.randint(0, classes, (batch,))
    joint = [embeddings[j * batch:(j + 1) * batch] @ weight.T + bias for j in range(4)]
    sla = sum(-F.log_softmax(joint[j][b], 0)[4 * labels[b] + j] for j in range(4) for b in range(batch)) / (4 * batch)
    aggregate = torch.stack([torch.stack([joint[j][:, 4 * c + j] for j in range(4)]).mean(0) for c in range(classes)], 1)
    kd = temperature ** 2 * F.kl_div(F.log_softmax(student / temperature, 1), F.softmax(aggregate.detach() / temperature, 1), reduction="batchmean")
    images = torch.randn(batch, 2, 3, 3, dtype=torch.float64)
    turned = torch.cat([torch.rot90(images, k, (2, 3)) for k in (1, 2, 3)])
    tensors = {"embeddings": embeddings, "weight": weight, "bias": bias, "student": student, "images": images, "turned": turned}
    return case(f"{batch}x{classes}x{width} T {temperature}", tensors, {"sla": sla, "kd": kd}, {"temperature": temperature}, {"labels": labels})


torch.manual_seed(32)
write("label_augmentation", [make(3, 4, 5, 1.0), make(2, 7, 3, 4.0)])
