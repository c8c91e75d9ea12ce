"""Models of transformers: their losses under a patch, and training without materialised logits."""

import sys
import types
from typing import Any, NamedTuple

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from transformers.loss import loss_utils  # noqa: E402 - after the question whether the library is there

import xent.torch as front  # noqa: E402 - likewise
from xent.errors import DomainError  # noqa: E402 - likewise
from xent.torch.deferred_logits import DeferredLogits  # noqa: E402 - likewise

# Of the making of the compiler and of the library's own configurations.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

ANY = {
    "vocab_size": 64, "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1,
    "num_attention_heads": 2, "num_key_value_heads": 2, "max_position_embeddings": 64, "pad_token_id": 0,
    "bos_token_id": 1, "eos_token_id": 2,
}  # fmt: skip
OF_GPT2 = {
    "vocab_size": 64, "n_embd": 16, "n_layer": 1, "n_head": 2, "n_positions": 64, "bos_token_id": 1,
    "eos_token_id": 2, "resid_pdrop": 0.0, "embd_pdrop": 0.0, "attn_pdrop": 0.0, "loss_type": "ForCausalLM",
}  # fmt: skip
# Plain heads, tied weights, a softcap, a factor and a divisor of the logits.
MODELS = {
    "Llama": lambda: transformers.LlamaConfig(**ANY),
    "GPT2": lambda: transformers.GPT2Config(**OF_GPT2),
    "Qwen2": lambda: transformers.Qwen2Config(**ANY, tie_word_embeddings=True),
    "Gemma2": lambda: transformers.Gemma2Config(**ANY, head_dim=8, final_logit_softcapping=3.0),
    "Cohere": lambda: transformers.CohereConfig(**ANY, logit_scale=0.25),
    "Granite": lambda: transformers.GraniteConfig(**ANY, logits_scaling=3.0),
}
TOKENS = torch.randint(3, 64, (2, 9), generator=torch.Generator().manual_seed(5))
LABELS = TOKENS.clone()
LABELS[:, :3] = -100
ITEMS = {"none": None, "a tensor": torch.tensor(20), "a number": 7}


def model_of(name):
    torch.manual_seed(3)
    return transformers.AutoModelForCausalLM.from_config(MODELS[name]()).train()


def step(model, **more):
    """Loss and gradients of one step of training."""
    model.zero_grad()
    loss = model(input_ids=TOKENS, labels=LABELS, **more).loss
    loss.backward()
    return loss.detach(), {name: part.grad for name, part in model.named_parameters()}


def assert_same_step(found, expected):
    torch.testing.assert_close(found[0], expected[0], rtol=1e-6, atol=0.0)
    assert expected[1].keys() == found[1].keys()
    for name, gradient in expected[1].items():
        assert (found[1][name] - gradient).norm() <= 2e-6 * gradient.norm(), name


@pytest.fixture
def _no_logits(monkeypatch):
    def refuse(_):
        raise AssertionError

    monkeypatch.setattr(DeferredLogits, "computed", refuse)


@pytest.mark.usefixtures("_no_logits")
@pytest.mark.parametrize("name", MODELS)
def test_a_patched_model_trains_as_before_and_computes_no_logits(name):
    model = model_of(name)
    for items in ITEMS.values():
        expected = step(model, num_items_in_batch=items)
        with front.patch_model(model):
            assert_same_step(step(model, num_items_in_batch=items), expected)


@pytest.mark.usefixtures("_no_logits")
def test_a_patched_model_trains_as_before_in_one_compiled_graph():
    model = model_of("Gemma2")
    expected = step(model)
    with front.patch_model(model):
        torch.compiler.reset()
        compiled = torch.compile(model, fullgraph=True, backend="aot_eager")
        model.zero_grad()
        loss = compiled(input_ids=TOKENS, labels=LABELS).loss
        loss.backward()
        found = loss.detach(), {name: part.grad for name, part in model.named_parameters()}
    assert_same_step(found, expected)


@pytest.mark.usefixtures("_no_logits")
def test_a_patched_model_trains_in_16_bits_and_with_checkpoints():
    model = model_of("Llama")
    model.gradient_checkpointing_enable()
    with torch.autocast("cpu", torch.bfloat16):
        loss, gradients = step(model)
        with front.patch_model(model):
            found, derivatives = step(model)
    assert found.dtype is torch.float32
    torch.testing.assert_close(found, loss, rtol=1e-3, atol=0.0)
    for name, gradient in gradients.items():
        assert (derivatives[name] - gradient).norm() <= 0.03 * gradient.norm(), name


@pytest.mark.parametrize("name", ["Llama", "Gemma2"])
def test_the_logits_of_a_step_can_still_be_read(name):
    model = model_of(name)
    expected = model(input_ids=TOKENS, labels=LABELS).logits
    with front.patch_model(model):
        logits = model(input_ids=TOKENS, labels=LABELS).logits
        torch.testing.assert_close(torch.log_softmax(logits, -1), expected.log_softmax(-1))
        torch.testing.assert_close((logits[..., :3] + logits[..., 3:6]).sum(), expected[..., :6].sum())
        torch.testing.assert_close(logits.to(torch.float64).argmax(-1), expected.argmax(-1))
        logits.sum().backward()
        assert model.get_output_embeddings().weight.grad is not None


def test_nothing_changes_at_inference_nor_without_labels():
    model = model_of("GPT2")
    model.eval()
    with torch.no_grad():
        expected = model(input_ids=TOKENS, labels=LABELS)
    with front.patch_model(model), torch.no_grad():
        found = model(TOKENS, labels=LABELS)
        assert torch.equal(found.logits, expected.logits)
        assert torch.equal(found.loss, expected.loss)
        assert model.generate(TOKENS, max_new_tokens=2, do_sample=False).shape == (2, 11)
        assert isinstance(model.train()(TOKENS).logits, torch.Tensor)


def test_a_patch_of_a_model_is_undone_whole_also_after_an_error():
    model = model_of("Llama")
    before = dict(vars(model)), dict(vars(model.lm_head)), model.loss_function
    undo = front.patch_model(model)
    with pytest.raises(IndexError, match=r"embedding|index out of range"):
        model(input_ids=TOKENS + 64, labels=LABELS)
    with pytest.raises(DomainError, match=r"`model` must not be patched already; got LlamaForCausalLM"):
        front.patch_model(model)
    undo()
    undo()
    assert (dict(vars(model)), dict(vars(model.lm_head)), model.loss_function) == before
    assert isinstance(model(input_ids=TOKENS, labels=LABELS).logits, torch.Tensor)


def test_a_model_with_another_head_or_loss_is_refused_with_the_cure():
    model = model_of("Llama")
    with pytest.raises(DomainError, match=r"causal language model .* got Linear\. Pass the model itself"):
        front.patch_model(torch.nn.Linear(2, 3))
    model.loss_function = loss_utils.ForMaskedLMLoss
    with pytest.raises(DomainError, match=r"be `ForCausalLMLoss`; got ForMaskedLMLoss\. `xent\.torch\.patch"):
        front.patch_model(model)
    delattr(model, "_loss_function")
    model.lm_head.forward = types.MethodType(torch.nn.Linear.forward, model.lm_head)
    with pytest.raises(DomainError, match=r"plain `torch\.nn\.Linear`; got Linear with another `forward`"):
        front.patch_model(model)


@pytest.mark.parametrize("name", ["Llama", "GPT2"])
def test_losses_of_models_take_part_in_a_patch_of_all_functions(name, monkeypatch):
    model, own = model_of(name), loss_utils.fixed_cross_entropy
    taken = []
    for items in ITEMS.values():
        expected = step(model, num_items_in_batch=items)
        with front.patch():
            assert loss_utils.fixed_cross_entropy is not own
            assert_same_step(step(model, num_items_in_batch=items), expected)
            assert "FusedSoftmax" in str(model(input_ids=TOKENS, labels=LABELS).loss.grad_fn)
        assert loss_utils.fixed_cross_entropy is own
    # Where the library is loaded later, PyTorch's functions that it calls are replaced.
    monkeypatch.delitem(sys.modules, "transformers.loss.loss_utils")
    with front.patch():
        assert loss_utils.fixed_cross_entropy is own
        taken.append(str(model(input_ids=TOKENS, labels=LABELS).loss.grad_fn))
    assert "FusedSoftmax" in taken[0]


def test_parts_of_a_batch_give_the_gradient_of_the_whole():
    model = model_of("Llama")
    items = (LABELS[:, 1:] != -100).sum()
    _, whole = step(model)
    whole = {name: gradient.clone() for name, gradient in whole.items()}
    for patched in (front.patch, lambda: front.patch_model(model)):
        with patched():
            model.zero_grad()
            for part in range(2):
                rows = slice(part, part + 1)
                model(input_ids=TOKENS[rows], labels=LABELS[rows], num_items_in_batch=items).loss.backward()
        for name, part in model.named_parameters():
            assert (part.grad - whole[name]).norm() <= 2e-6 * whole[name].norm(), name


class Pair(NamedTuple):
    logits: Any
    count: int


def test_deferred_logits_within_a_named_tuple_are_computed():
    model = model_of("Llama")
    expected = model(input_ids=TOKENS).logits
    with front.patch_model(model):
        logits = model.train()(input_ids=TOKENS, labels=LABELS).logits
        assert isinstance(logits, DeferredLogits)
        found = DeferredLogits.__torch_function__(lambda pair: pair, (DeferredLogits,), (Pair(logits, 3),))
    assert isinstance(found, Pair)
    assert torch.equal(found.logits, expected)
    assert found.count == 3
