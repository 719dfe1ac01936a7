"""Small files as people write them: what a course's name is used for otherwise, and mistakes with one's own way kept.

Each is told with its verdict and with the functions that are wrong in it. Nobody else may be accused.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from grading import graded_ahead

from numpynet.check.result import FAILED, Grade

HANDS = Path(__file__).parent / "hands"
TRUTH: dict[str, tuple[str, set[str]]] = {
    "parameters_as_tuple": ("cannot-judge", set()),
    "init_params_no_arguments": ("cannot-judge", set()),
    "assert_one_output": ("cannot-judge", set()),
    "relu_mask_as_cache": ("cannot-judge", set()),
    "leaky_relu_cache_with_alpha": ("cannot-judge", set()),
    "affine_float32": ("pass", set()),
    "leaky_slope_at_zero": ("cannot-judge", set()),
    "d_softplus": ("cannot-judge", set()),
    "elu": ("cannot-judge", set()),
    "softplus": ("cannot-judge", set()),
    "linear_backward_of_the_linear_activation": ("cannot-judge", set()),
    "no_relu_no_sigmoid": ("cannot-judge", set()),
    "one_layer_W_b": ("cannot-judge", set()),
    "forward_params_first_rows": ("cannot-judge", set()),
    "accuracy_of_predictions": ("cannot-judge", set()),
    "backward_without_forward": ("cannot-judge", set()),
    "softmax_rows_in_class": ("cannot-judge", set()),
    "abstract_loss": ("cannot-judge", set()),
    "autograd_value_relu": ("cannot-judge", set()),
    "tape_relu_backward": ("cannot-judge", set()),
    "function_linear_forward": ("cannot-judge", set()),
    "raschka_cost": ("cannot-judge", set()),
    "parameters_as_list_rows": ("cannot-judge", set()),
    "weights_as_arguments": ("cannot-judge", set()),
    "config_object": ("cannot-judge", set()),
    "slopes_below_zero_of_their_own": ("cannot-judge", set()),
    "slopes_below_zero_that_differ": ("fail", {"leaky_relu_backward"}),
    "defaults_and_percents_of_their_own": ("cannot-judge", set()),
    "cost_of_classes_beside_lists": ("cannot-judge", set()),
    "cost_by_numbers_of_classes": ("cannot-judge", set()),
    "init_of_one_network": ("pass", set()),
    "sigmoid_keeps_its_output": ("pass", set()),
    "sigmoid_keeps_its_output_slope_sign": ("fail", {"sigmoid_backward"}),
    "relu_keeps_its_output_db_not_divided": ("fail", {"linear_backward"}),
    "relu_keeps_its_output_slope_below_zero": ("fail", {"relu_backward", "linear_activation_forward"}),
    "cost_of_scores": ("pass", set()),
    "cost_of_scores_without_a_logarithm": ("fail", {"compute_cost"}),
    "abstract_cost": ("cannot-judge", set()),
    "backward_is_the_slope": ("pass", set()),
    "backward_is_the_slope_wrong": ("fail", {"Tanh.backward"}),
    "cache_is_a_pair": ("pass", set()),
    "cache_is_a_pair_wrong": ("fail", {"sigmoid_backward"}),
    "get_loss_by_name": ("cannot-judge", set()),
    "slopes_of_each_factor": ("cannot-judge", set()),
    "pairs_with_weight_decay": ("pass", set()),
    "loss_given_its_own_gradient": ("pass", set()),
    "loss_given_its_own_gradient_wrong": ("fail", {"CrossEntropyLoss.backward"}),
    "labels_smoothed": ("pass", set()),
    "labels_smoothed_wrong": ("cannot-judge", set()),
    "slope_of_the_output_in_a_class": ("cannot-judge", set()),
    "adam_in_a_layer": ("cannot-judge", set()),
    "gradients_cut_off": ("cannot-judge", set()),
    "three_widths_written_out": ("pass", set()),
    "three_widths_written_out_wrong": ("fail", {"backward"}),
    "relu_of_the_negative_part": ("fail", {"Relu.forward"}),
    "helper_without_a_body": ("fail", {"Net2.sigmoid"}),
    "softmax_twice": ("cannot-judge", set()),
    "list_of_hidden_widths_wrong": ("fail", {"MultiLayerNet.gradient"}),
    "relu_written_out_rows": ("cannot-judge", set()),
    "relu_written_out": ("cannot-judge", set()),
    "weights_at_the_top_level": ("cannot-judge", set()),
    "prediction_without_a_name": ("cannot-judge", set()),
    "start_from_the_data": ("cannot-judge", set()),
    "activation_handed_over": ("cannot-judge", set()),
    "binary_cross_entropy_of_softmax": ("cannot-judge", set()),
    "helpers_that_are_not_here": ("cannot-judge", set()),
    "accuracy_of_lists": ("cannot-judge", set()),
    "layer_for_one_example": ("cannot-judge", set()),
    "m_of_the_data": ("cannot-judge", set()),
    "relu_written_out_b2_forgotten": ("fail", {"forward_propagation"}),
    "a_billionth_is_added": ("cannot-judge", set()),
    "classes_of_predictions_in_columns": ("cannot-judge", set()),
    "alpha_2_is_a_number": ("cannot-judge", set()),
    "labels_in_a_column": ("cannot-judge", set()),
    "squared_error_beside": ("pass", set()),
    "activations_alone": ("cannot-judge", set()),
    "one_layer": ("cannot-judge", set()),
    "m_of_features": ("fail", {"backward_pass"}),
    "slope_of_Z_for_that_of_A": ("fail", {"sigmoid_backward"}),
    "two_layers_beside_many": ("cannot-judge", set()),
    "last_layer_starts_at_zero": ("cannot-judge", set()),
    "classes_over_the_examples": ("fail", {"predict"}),
    "relu_forgotten_in_forward": ("fail", {"forward_propagation"}),
    "cache_counts_layers": ("pass", set()),
    "lists_of_matrices": ("pass", set()),
    "lists_of_matrices_dW_of_the_output": ("fail", {"backward"}),
    "lists_of_matrices_W_uphill": ("fail", {"update"}),
    "lists_with_the_inputs": ("cannot-judge", set()),
    "lists_with_the_inputs_dW_not_divided": ("fail", {"backward"}),
    "lists_with_the_inputs_db_axis": ("fail", {"backward"}),
    "lists_with_the_inputs_bias_subtracted": ("fail", {"forward"}),
    "sigmoid_written_out": ("cannot-judge", set()),
    "squared_error_without_a_cost": ("cannot-judge", set()),
    "tanh_then_relu": ("cannot-judge", set()),
    "momentum_and_widths_by_default": ("pass", set()),
    "losses_with_weights": ("cannot-judge", set()),
    "leak_of_its_own": ("cannot-judge", set()),
    "linear_layers": ("cannot-judge", set()),
    "no_widths_and_velocities_in_a_list": ("pass", set()),
    "batches_with_dead_units": ("pass", set()),
    "trains_in_batches": ("pass", set()),
    "trains_in_batches_the_first_alone": ("fail", {"Net.train"}),
    "trains_in_batches_labels_of_the_first": ("fail", {"Net.train"}),
    "trains_with_a_forward_pass_an_epoch": ("pass", set()),
    "trains_with_one_forward_pass": ("fail", {"Net.train"}),
    "l1_in_a_network": ("pass", set()),
    "l1_in_a_network_wrong": ("fail", {"Net.backward"}),
    "l1_and_l2_in_a_layer": ("pass", set()),
    "softmax_beside_sigmoid": ("cannot-judge", set()),
    "each_matrix_by_itself": ("pass", set()),
    "each_matrix_by_itself_rows": ("pass", set()),
    "each_matrix_by_itself_three_layers": ("pass", set()),
    "each_matrix_by_itself_unnamed": ("pass", set()),
    "each_matrix_by_itself_numbers_of_classes": ("pass", set()),
    "each_matrix_by_itself_db_of_all_units": ("fail", {"backward_prop"}),
    "each_matrix_by_itself_dW2_not_divided": ("fail", {"backward_propagation"}),
    "each_matrix_by_itself_b1_uphill": ("fail", {"update"}),
    "each_matrix_by_itself_z1_for_a1": ("fail", {"forward"}),
    "each_matrix_by_itself_an_epoch_less": ("fail", {"train"}),
    "float32_layer": ("pass", set()),
    "float32_layer_wrong": ("fail", {"Dense.backward", "Network.backward"}),
    "decay_spares_the_bias": ("pass", set()),
    "decay_spares_the_bias_wrong": ("fail", {"Affine.backward", "Classifier.step"}),
    "momentum_for_thousands_of_epochs": ("pass", set()),
    "labels_from_the_end": ("cannot-judge", set()),
    "one_number_in_a_layer": ("pass", set()),
    "one_number_in_a_layer_wrong": ("fail", {"PReLU.backward"}),
    "adam_of_a_list_of_layers": ("pass", set()),
    "adam_counts_in_the_loop_over_layers": ("fail", {"Adam.step", "Momentum.step"}),
    "gradients_added_up": ("pass", set()),
    "each_matrix_by_itself_and_labels_by_number": ("pass", set()),
    "each_matrix_by_itself_under_other_names": ("cannot-judge", set()),
    "sizes_of_its_own": ("cannot-judge", set()),
    "regression_written_out": ("cannot-judge", set()),
    "labels_as_columns_and_masks": ("cannot-judge", set()),
    "start_of_three_widths_zeros": ("fail", {"initialize_parameters"}),
    "penalty_and_count_are_asked_for": ("pass", set()),
    "trains_from_a_start_of_another_name": ("pass", set()),
    "penalty_and_count_with_the_sign_reversed": ("fail", {"backprop"}),
    "trains_with_the_mask_inverted": ("fail", {"two_layer_model"}),
    "slopes_with_the_gradient_second": ("fail", {"linear_backward"}),
    "l2_two_layers": ("pass", set()),
    "l2_in_lab": ("pass", set()),
    "caches_pop": ("pass", set()),
    "update_lr": ("pass", set()),
    "regression_mse_linear": ("pass", set()),
    "accuracy_of_classes": ("pass", set()),
    "assert_one_output_two_layers": ("fail", {"update_parameters"}),
    "only_relu_backward_is_wrong": ("fail", {"relu_backward"}),
    "only_sigmoid_backward_is_wrong": ("fail", {"sigmoid_backward"}),
    "only_compute_cost_is_wrong": ("fail", {"compute_cost"}),
    "only_linear_activation_forward_is_wrong": ("fail", {"linear_activation_forward"}),
    "only_update_parameters_is_wrong": ("fail", {"update_parameters"}),
    "three_layers_dW3_not_divided": ("fail", {"backward_propagation"}),
    "three_layers_sign_reversed": ("fail", {"backward_propagation"}),
    "three_layers_dW2_doubled": ("fail", {"backward_propagation"}),
    "two_layers_tuple_cache_sign": ("fail", {"backward_propagation"}),
    "two_layers_tuple_cache_dW2_not_divided": ("fail", {"backward_propagation"}),
    "three_layers_relu_lost_in_forward": ("fail", {"forward_propagation"}),
    "two_layers_tuple_cache_db_axis": ("fail", {"backward_prop"}),
    "slopes_alone": ("cannot-judge", set()),
    "l2_in_other_words": ("pass", set()),
    "accuracy_by_columns": ("cannot-judge", set()),
    "cost_is_a_total": ("cannot-judge", set()),
    "adam_momentum_and_decay_rate": ("pass", set()),
    "adam_momentum_twice": ("fail", {"Adam.update"}),
    "slopes_with_alpha": ("cannot-judge", set()),
    "slopes_with_alpha_wrong": ("fail", {"leaky_relu_derivative", "elu_grad"}),
    "slopes_that_take_nothing": ("cannot-judge", set()),
    "slopes_that_take_nothing_wrong": ("fail", {"Sigmoid.backward", "Relu.backward"}),
    "two_losses": ("pass", set()),
    "two_losses_one_wrong": ("fail", {"Net.entropy_error"}),
    "accuracy_of_rows": ("cannot-judge", set()),
    "accuracy_of_rows_and_columns": ("pass", set()),
    "accuracy_of_least": ("fail", {"accuracy"}),
    "init_with_a_mode": ("cannot-judge", set()),
    "init_fills_its_object": ("cannot-judge", set()),
    "linear_cache": ("pass", set()),
    "linear_cache_dW_not_divided": ("fail", {"linear_backward"}),
    "depth_written_into_self": ("cannot-judge", set()),
    "depth_written_into_self_wrong": ("fail", {"MLP.forward_pass"}),
    "activation_by_name": ("pass", set()),
    "activation_by_name_not_used_is_wrong": ("fail", {"tanh_backward"}),
    "activation_by_name_used_is_wrong": ("fail", {"relu_backward"}),
    "softmax_of_one_more": ("fail", {"Net.softmax"}),
    "each_its_own_mistake": ("fail", {"leaky_relu_derivative", "Tanh.backward"}),
    "slope_of_one_column": ("pass", set()),
    "slope_of_one_column_sign": ("fail", {"Network.backprop"}),
    "activation_as_argument_of_rows": ("cannot-judge", set()),
    "adds_where_errors_go_down": ("pass", set()),
    "loss_and_another_slope": ("fail", {"DistanceLoss.backward"}),
    "names_of_a_rate": ("cannot-judge", set()),
    "names_of_a_rate_uphill": ("fail", {"update_params"}),
    "adam_with_weight_decay": ("pass", set()),
    "adamw_decay_pushes": ("fail", {"AdamW.update"}),
    "momentum_decay_pushes": ("fail", {"sgd_momentum"}),
    "sgd_decay_spares_biases": ("pass", set()),
    "optimizer_chosen_in_train": ("cannot-judge", set()),
    "optimizer_chosen_nowhere": ("fail", {"Net.optimize"}),
    "slope_in_a_table": ("pass", set()),
    "three_layers_tuple_cache_db_axis": ("fail", {"backward_propagation"}),
}


@pytest.fixture(scope="module")
def grades(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[Grade]]]:
    with graded_ahead(tmp_path_factory.mktemp("hands"), {name: HANDS / f"{name}.py" for name in TRUTH}) as ahead:
        yield ahead


def test_every_file_is_told() -> None:
    assert {path.stem for path in HANDS.glob("*.py")} == set(TRUTH)


@pytest.mark.parametrize("name", TRUTH)
def test_nobody_is_accused_but_who_is_wrong(name: str, grades: dict[str, Future[Grade]]) -> None:
    verdict, wrong = TRUTH[name]
    grade = grades[name].result()
    assert {one.theirs for one in grade.functions if one.outcome in FAILED} == wrong
    assert grade.outcome == verdict
    assert not any("the checker itself failed" in one.says for one in grade.functions)


def test_gradients_that_add_up_are_told(grades: dict[str, Future[Grade]]) -> None:
    told = [note for one in grades["gradients_added_up"].result().functions for note in one.conventions]
    assert any(note.startswith("each call adds dW, db to those of the call before") for note in told)


def test_a_sum_over_all_units_is_named(grades: dict[str, Future[Grade]]) -> None:
    grade = grades["each_matrix_by_itself_db_of_all_units"].result()
    cause = next(one.cause for one in grade.functions if one.theirs == "backward_prop")
    assert cause is not None
    assert cause.rationale.startswith("db is one number, the sum over all units")
